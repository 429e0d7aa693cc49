package io.millrace.spi;

import io.millrace.DeviceException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a text asks for as a device: {@code cuda:0}, {@code cpu}, or as TensorFlow writes it, {@code
 * /gpu:0}, {@code /job:localhost/replica:0/task:0/device:CPU:0}. Letters' case does not count.
 *
 * @param machine which of a cluster's processes, from {@code job}, {@code replica} and {@code task}
 * @param kind the kind of device in lower case, such as {@code cpu}; empty for any
 * @param number which one of the kind; empty for any
 */
public record DeviceSpec(Map<String, String> machine, String kind, OptionalInt number) {
  private static final Pattern MACHINE =
      Pattern.compile("job:[a-z][a-z0-9_]*|(?:replica|task):[0-9]{1,9}", Pattern.CASE_INSENSITIVE);
  private static final Pattern DEVICE =
      Pattern.compile(
          "(?:device:)?([a-z][a-z0-9_]*)(?::(?:([0-9]{1,6})|\\*))?", Pattern.CASE_INSENSITIVE);
  private static final Map<String, String> LOCAL =
      Map.of("job", "localhost", "replica", "0", "task", "0");

  /**
   * Reads a text.
   *
   * @throws DeviceException if it names no device
   */
  public static DeviceSpec parse(String text) {
    Map<String, String> machine = new HashMap<>();
    String kind = "";
    OptionalInt number = OptionalInt.empty();
    String[] parts = (text.startsWith("/") ? text.substring(1) : text).split("/", -1);
    for (String part : text.isEmpty() ? new String[0] : parts) {
      Matcher device = DEVICE.matcher(part);
      if (MACHINE.matcher(part).matches()) {
        int colon = part.indexOf(':');
        machine.put(part.substring(0, colon).toLowerCase(Locale.ROOT), part.substring(colon + 1));
      } else if (kind.isEmpty() && device.matches()) {
        kind = device.group(1).toLowerCase(Locale.ROOT);
        String digits = device.group(2);
        number = digits == null ? number : OptionalInt.of(Integer.parseInt(digits));
      } else {
        throw new DeviceException(
            ("'%s' names no device: names are like cpu, cuda:0, /gpu:0 or "
                    + "/job:localhost/replica:0/task:0/device:CPU:0")
                .formatted(text));
      }
    }
    return new DeviceSpec(machine, kind, number);
  }

  /**
   * Returns the text of what one asks for inside the scope of another, which says what it leaves
   * open.
   *
   * @throws DeviceException if one of them names no device
   */
  public static String nested(String outer, String inner) {
    DeviceSpec own = parse(inner);
    DeviceSpec around = parse(outer);
    Map<String, String> machine = new TreeMap<>(around.machine);
    machine.putAll(own.machine);
    DeviceSpec kind = own.kind.isEmpty() ? around : own;
    DeviceSpec both = new DeviceSpec(machine, kind.kind, kind.number);
    return both.equals(own) ? inner : both.equals(around) ? outer : both.toString();
  }

  /** Returns the text as TensorFlow writes it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String part : List.of("job", "replica", "task")) {
      if (machine.containsKey(part)) {
        text.append('/').append(part).append(':').append(machine.get(part));
      }
    }
    if (!kind.isEmpty()) {
      text.append("/device:").append(kind.toUpperCase(Locale.ROOT)).append(':');
      text.append(number.isPresent() ? String.valueOf(number.getAsInt()) : "*");
    }
    return text.toString();
  }

  /** Returns whether any device will do. */
  public boolean isAny() {
    return kind.isEmpty() && isLocal();
  }

  /** Returns whether a device of this process is meant. */
  private boolean isLocal() {
    return machine.entrySet().stream()
        .allMatch(e -> e.getValue().equalsIgnoreCase(LOCAL.get(e.getKey())));
  }

  /** Returns whether the backend's devices are of the kind that is meant. */
  public boolean isKind(Backend backend) {
    return isLocal()
        && (backend.name().equalsIgnoreCase(kind)
            || backend.aliases().stream().anyMatch(a -> a.equalsIgnoreCase(kind)));
  }

  /** Returns whether the backend of this name is meant, whether or not it is here. */
  public boolean isKind(String backend) {
    return isLocal() && backend.equals(kind);
  }

  /** Returns whether a device's name, such as {@code cpu:0}, has the number that is meant. */
  public boolean isNumber(String device) {
    return number.isEmpty() || device.endsWith(":" + number.getAsInt());
  }
}
