package io.millrace.cuda.driver;

import io.millrace.cuda.command.Target;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.cuda.libraries.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Loader;

/**
 * What of NVIDIA's driver and libraries, and how many devices, this process found when it first
 * asked.
 *
 * @param missing what is missing and how to get it; absent if nothing is
 * @param devices the names of the devices
 * @param describe lines that describe libraries and devices for people
 */
public record Libraries(Optional<String> missing, List<String> devices, List<String> describe) {
  /** The least compute capability that CUDA 13 knows: Turing's. */
  private static final int LEAST_CAPABILITY = 75;

  /** Of Linux, of Jetson, of Linux within Windows, and of Windows. */
  private static final List<String> DRIVER_FILES =
      List.of(
          "/dev/nvidiactl",
          "/dev/nvidia0",
          "/dev/nvmap",
          "/dev/dxg",
          "C:\\Windows\\System32\\nvcuda.dll");

  private static final String GUIDE = "see docs/gpu.md for all that a device needs";

  /** Asked once: a library that did not load does not load later, and says less. */
  private static final class Holder {
    static final Libraries FOUND = look();
  }

  public Libraries {
    devices = List.copyOf(devices);
    describe = List.copyOf(describe);
  }

  /** Returns what was found. */
  public static Libraries found() {
    return Holder.FOUND;
  }

  /**
   * Returns whether a driver of NVIDIA's shows itself, whatever else is missing. Loading libraries
   * to find that out would delay the start of every program on machines without.
   */
  public static boolean isHardwarePresent() {
    return DRIVER_FILES.stream().anyMatch(f -> Files.exists(Path.of(f)));
  }

  /** Returns why there is no NVRTC; it needs the driver's library, but no device. */
  public static Optional<String> missingCompiler() {
    Optional<String> natives = Absences.natives(Loader.getPlatform(), Libraries::hasResource);
    if (natives.isPresent()) {
      return natives;
    }
    try {
      return Nvrtc.version().isEmpty() ? Optional.of("NVRTC has no version") : Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(Absences.library(e));
    }
  }

  private static Libraries look() {
    if (!isHardwarePresent()) {
      return new Libraries(
          Optional.of("there is no NVIDIA device, or its driver is not installed; " + GUIDE),
          List.of(),
          List.of());
    }
    List<String> lines = new ArrayList<>();
    Optional<String> missing = lookInto(lines);
    if (missing.isPresent()) {
      return new Libraries(missing, List.of(), lines);
    }
    try {
      int[] count = new int[1];
      Status.runtime("cudaGetDeviceCount", cudart.cudaGetDeviceCount(count));
      List<String> devices =
          IntStream.range(0, count[0]).mapToObj(i -> Target.KIND + ":" + i).toList();
      for (int i = 0; i < count[0]; i++) {
        lines.add(describe(i));
      }
      return new Libraries(tooOld(count[0]), devices, lines);
    } catch (CudaException e) {
      return new Libraries(Optional.of(String.valueOf(e.getMessage())), List.of(), lines);
    }
  }

  /** Loads one library after another; returns what is missing. */
  private static Optional<String> lookInto(List<String> lines) {
    Optional<String> natives = Absences.natives(Loader.getPlatform(), Libraries::hasResource);
    if (natives.isPresent()) {
      return natives;
    }
    try {
      int[] version = new int[1];
      Status.runtime("cudaRuntimeGetVersion", cudart.cudaRuntimeGetVersion(version));
      lines.add("CUDA runtime " + version(version[0]));
      Status.runtime("cudaDriverGetVersion", cudart.cudaDriverGetVersion(version));
      lines.add("driver for CUDA up to " + version(version[0]));
      Optional<String> noDevice = Absences.devices(cudart.cudaGetDeviceCount(version), version[0]);
      if (noDevice.isPresent()) {
        return noDevice;
      }
      lines.add("NVRTC " + Nvrtc.version());
      lines.add("cuBLAS " + cublas.cublasLtGetVersion());
      lines.add("cuDNN " + cudnn.cudnnGetVersion());
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(Absences.library(e) + "; " + GUIDE);
    } catch (CudaException e) {
      return Optional.of(e.getMessage() + "; " + GUIDE);
    }
  }

  private static boolean hasResource(String name) {
    return cudart.class.getResource(name) != null;
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  private static String describe(int ordinal) {
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      Status.runtime(
          "cudaGetDeviceProperties", cudart.cudaGetDeviceProperties(properties, ordinal));
      return String.format(
          "%s:%d: %s, compute capability %d.%d, %,d MiB",
          Target.KIND,
          ordinal,
          properties.name().getString(),
          properties.major(),
          properties.minor(),
          properties.totalGlobalMem() >> 20);
    }
  }

  private static Optional<String> tooOld(int count) {
    for (int i = 0; i < count; i++) {
      try (cudaDeviceProp properties = new cudaDeviceProp()) {
        Status.runtime("cudaGetDeviceProperties", cudart.cudaGetDeviceProperties(properties, i));
        if (10 * properties.major() + properties.minor() < LEAST_CAPABILITY) {
          return Optional.of(
              describe(i) + " is older than CUDA 13 supports: compute capability 7.5 or newer");
        }
      }
    }
    return Optional.empty();
  }
}
