package io.millrace.io;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes names of devices as TensorFlow reads them. */
final class DeviceNames {
  private static final Pattern MACHINE =
      Pattern.compile("(?:job|replica|task):.*", Pattern.CASE_INSENSITIVE);
  private static final Pattern KIND =
      Pattern.compile("(?:device:)?(\\w+)(?::(.+))?", Pattern.CASE_INSENSITIVE);

  private DeviceNames() {}

  /**
   * Returns what a device scope asked for, such as {@code cuda:0} or {@code /gpu:0}, in full:
   * {@code /device:GPU:0}.
   */
  static String written(String device) {
    StringBuilder text = new StringBuilder();
    for (String part : device.split("/", -1)) {
      Matcher kind = KIND.matcher(part);
      if (!MACHINE.matcher(part).matches() && kind.matches()) {
        String name = kind.group(1).toUpperCase(Locale.ROOT);
        String number = kind.group(2) == null ? "*" : kind.group(2);
        text.append("/device:")
            .append(name.equals("CUDA") ? "GPU" : name)
            .append(':')
            .append(number);
      } else if (!part.isEmpty()) {
        text.append('/').append(part);
      }
    }
    return text.toString();
  }
}
