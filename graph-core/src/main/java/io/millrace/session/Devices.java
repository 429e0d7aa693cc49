package io.millrace.session;

import io.millrace.Backends;
import io.millrace.DeviceException;
import io.millrace.Operation;
import io.millrace.SessionOptions;
import io.millrace.op.OpFamilies;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceSpec;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The devices of one session: its own, and those that operations ask for, opened when they are
 * needed first. Thread-safe.
 */
public final class Devices implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.millrace");

  private final SessionOptions options;
  private final Backends backends;
  private final String home;
  private final Map<String, Device> open = new LinkedHashMap<>();

  private final HostAccount account;
  private final ArenaPool<HostMemory> staging;

  /** What the texts that operations ask with mean, as long as the session lives. */
  private final Map<String, String> names = new HashMap<>();

  /**
   * Starts with the session's own device.
   *
   * @param backends where the others come from
   */
  public Devices(Device own, SessionOptions options, Backends backends) {
    this.options = options;
    this.backends = backends;
    home = own.name();
    open.put(home, own);
    account = own.account().orElseGet(() -> new HostAccount(0));
    staging = ArenaPool.of(account);
  }

  /**
   * Opens the device that the options ask for.
   *
   * @throws DeviceException if it cannot be had
   */
  public static Devices open(SessionOptions options, Backends backends) {
    Device own;
    try {
      own = backends.open(options.placement().device(), options.devices());
    } catch (DeviceException e) {
      throw new DeviceException(e.getMessage() + "\n  at " + OpFamilies.caller());
    }
    return new Devices(own, options, backends);
  }

  /** Returns what counts the session's memory on the host. */
  HostAccount account() {
    return account;
  }

  /** Returns the memory for values that are fed. */
  ArenaPool<HostMemory> staging() {
    return staging;
  }

  /** Returns the name of the session's own device. */
  String home() {
    return home;
  }

  /**
   * Returns the name of the device that an operation asks for, which is open then.
   *
   * @throws DeviceException if it cannot be had, and none may take its place
   */
  synchronized String of(Operation operation) {
    String text = operation.device();
    String known = text.isEmpty() ? home : names.get(text);
    if (known != null) {
      return known;
    }
    String name;
    try {
      name = find(text);
    } catch (DeviceException e) {
      if (!options.placement().soft()) {
        throw new DeviceException(
            ("%s cannot run on '%s': %s\n  at %s\nwith softPlacement(true) among the "
                    + "session's options it runs on %s instead")
                .formatted(operation, text, e.getMessage(), operation.source(), home));
      }
      name = home;
    }
    names.put(text, name);
    return name;
  }

  private String find(String text) {
    DeviceSpec spec = DeviceSpec.parse(text);
    if (spec.isAny() || isHome(spec)) {
      return home;
    }
    String name = backends.name(text);
    if (!open.containsKey(name)) {
      open.put(name, backends.open(name, options.devices()));
    }
    return name;
  }

  private boolean isHome(DeviceSpec spec) {
    return backends.isKind(spec, home.substring(0, home.indexOf(':'))) && spec.isNumber(home);
  }

  /** Returns a device that is open. */
  synchronized Device get(String name) {
    return Objects.requireNonNull(open.get(name), name);
  }

  /** Logs where operations run. */
  void log(Map<Operation, String> placement) {
    LOG.log(
        System.Logger.Level.INFO,
        "{0}",
        placement.entrySet().stream()
            .map(e -> e.getKey().name() + ": (" + e.getKey().type() + "): " + placed(e))
            .collect(Collectors.joining("\n  ", "operations are placed:\n  ", "")));
  }

  private synchronized String placed(Map.Entry<Operation, String> entry) {
    String text = entry.getKey().device();
    boolean replaced = home.equals(names.get(text)) && !isHome(DeviceSpec.parse(text));
    return entry.getValue() + (replaced ? " instead of " + text : "");
  }

  @Override
  public synchronized void close() {
    Cleanup.all(staging::trim, () -> Cleanup.each(open.values(), Device::close), open::clear);
  }
}
