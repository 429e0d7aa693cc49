package io.millrace;

import io.millrace.reference.ReferenceBackend;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.DeviceSpec;
import io.millrace.spi.Providers;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the backends on the class or module path and opens their devices. */
public final class Backends {
  private static final System.Logger LOG = System.getLogger("io.millrace");

  /** Those of this project, which are found even where nothing registers them. */
  private static final List<String> KNOWN =
      List.of(
          "io.millrace.cuda.CudaBackend",
          "io.millrace.cpu.CpuBackend",
          "io.millrace.reference.ReferenceBackend",
          "io.millrace.idle.NullBackend");

  private final List<Backend> found;
  private final List<String> broken;

  /** Takes the backends in the order of preference. */
  Backends(List<Backend> found, List<String> broken) {
    this.found = List.copyOf(found);
    this.broken = List.copyOf(broken);
  }

  /** Returns those found, which is looked for once; one that does not load stops no other. */
  public static Backends find() {
    return OnPath.BACKENDS;
  }

  /** What was there when it was first asked for: reading the class path takes long. */
  private static final class OnPath {
    static final Backends BACKENDS = look();

    private OnPath() {}
  }

  private static Backends look() {
    List<String> broken = new ArrayList<>();
    List<Backend> found =
        Providers.all(
            ServiceLoader.load(Backend.class, Backend.class.getClassLoader()),
            Backend.class,
            KNOWN,
            e -> broken.add("a provider did not load: " + e.getMessage()));
    found.sort(Comparator.comparingInt(Backend::priority).reversed().thenComparing(Backend::name));
    return new Backends(found, broken);
  }

  /** Returns all backends found, the most preferred first, those that cannot be used here too. */
  public List<Backend> all() {
    return found;
  }

  /** Returns a line for each provider that could not be loaded. */
  public List<String> broken() {
    return broken;
  }

  /**
   * Opens a device.
   *
   * @param device a name such as {@code cpu:0}, a kind such as {@code cpu} for the first of it, or
   *     empty for the first device of the most preferred backend; one of negative priority is only
   *     opened by name
   * @throws DeviceException if there is none; the message says what was tried and why each declined
   */
  public Device open(String device, DeviceOptions options) {
    Found found = find(device);
    if (DeviceSpec.parse(device).isAny()) {
      warnOfPreferred(found.backend());
      if (isAlone(found.backend())) {
        Advice.give();
      }
    }
    return found.backend().open(found.name(), options);
  }

  /** Returns whether the slow device of the specification is the only one to choose. */
  private boolean isAlone(Backend chosen) {
    return chosen instanceof ReferenceBackend
        && broken.isEmpty()
        && found.stream().allMatch(b -> b == chosen || b.priority() < 0);
  }

  /** Tells once in the life of the program how to get a fast device. */
  private static final class Advice {
    static {
      LOG.log(
          System.Logger.Level.WARNING,
          """
          sessions run on the reference device, which is there to be compared with and slow: no \
          other is on the class path. Add the one for processors:
            <dependency>
              <groupId>io.millrace</groupId>
              <artifactId>millrace-backend-cpu</artifactId>
              <version>%s</version>
            </dependency>
          and for NVIDIA GPUs millrace-backend-cuda as well"""
              .formatted(version()));
    }

    private Advice() {}

    /** Returns the version of this code as Maven wrote it into its jar. */
    private static String version() {
      Properties maven = new Properties();
      String path = "/META-INF/maven/io.millrace/millrace-graph-core/pom.properties";
      try (InputStream file = Backends.class.getResourceAsStream(path)) {
        if (file != null) {
          maven.load(file);
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, path, e);
      }
      return maven.getProperty("version", "the version of millrace-graph-core");
    }

    /** Does what the class does when it is first used. */
    static void give() {}
  }

  /** A device that can be opened. */
  private record Found(Backend backend, String name) {}

  private Found find(String device) {
    DeviceSpec spec = DeviceSpec.parse(device);
    for (Backend backend : found) {
      Optional<String> name = find(backend, spec);
      if (name.isPresent()) {
        return new Found(backend, name.get());
      }
    }
    throw new DeviceException(
        (device.isEmpty() ? "no device was found" : "there is no device '" + device + "'")
            + tried());
  }

  /**
   * Returns the name of the device that a text asks for.
   *
   * @throws DeviceException as {@link #open} does
   */
  public String name(String device) {
    return find(device).name();
  }

  /** Returns whether devices of a backend with this name are of the kind that is meant. */
  public boolean isKind(DeviceSpec spec, String name) {
    return spec.isKind(name)
        || found.stream().anyMatch(b -> b.name().equals(name) && spec.isKind(b));
  }

  /** Says why a slower device was chosen than could have been hoped for, if one was. */
  private void warnOfPreferred(Backend chosen) {
    List<String> declined = new ArrayList<>(broken);
    for (Backend backend : found.subList(0, found.indexOf(chosen))) {
      Optional<String> reason = backend.unavailable();
      if (reason.isPresent() && backend.isHardwarePresent()) {
        declined.add(backend.name() + ": " + reason.get());
      } else if (reason.isPresent()) {
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", backend.name(), reason.get());
      }
    }
    if (!declined.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "sessions run on {0}; what was preferred cannot be used:\n  {1}",
          chosen.name(),
          String.join("\n  ", declined));
    }
  }

  private static Optional<String> find(Backend backend, DeviceSpec spec) {
    boolean meant = spec.isAny() ? backend.priority() >= 0 : spec.isKind(backend);
    return meant && backend.unavailable().isEmpty()
        ? backend.devices().stream().filter(spec::isNumber).findFirst()
        : Optional.empty();
  }

  private String tried() {
    List<String> lines = new ArrayList<>();
    for (Backend backend : found) {
      lines.add(
          backend.name()
              + ": "
              + backend
                  .unavailable()
                  .orElseGet(() -> "has " + String.join(", ", backend.devices())));
    }
    lines.addAll(broken);
    return lines.isEmpty()
        ? "; no backend is on the class path: add one, such as millrace-backend-cpu"
        : lines.stream().map(l -> "\n  " + l).collect(Collectors.joining("", "; found:", ""));
  }
}
