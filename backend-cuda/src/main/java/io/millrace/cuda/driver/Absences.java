package io.millrace.cuda.driver;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.global.cudart;

/** Says what a machine lacks to use an NVIDIA device, and how to get it. */
final class Absences {
  /** The version of JavaCPP's preset that this backend is compiled with. */
  private static final String PRESET = "13.1-9.19-1.5.13";

  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "windows-x86_64");

  private static final Pattern LIBRARY =
      Pattern.compile("(lib[\\w-]+\\.so[.\\d]*): cannot open shared object file");

  private Absences() {}

  /**
   * Returns what is missing of the preset's own native libraries.
   *
   * @param platform as JavaCPP names it, such as {@code linux-x86_64}
   * @param hasResource whether the class path has a resource
   */
  static Optional<String> natives(String platform, Predicate<String> hasResource) {
    if (!PLATFORMS.contains(platform)) {
      return Optional.of(
          "CUDA is there for " + String.join(", ", PLATFORMS) + " only, not for " + platform);
    }
    String file = platform.startsWith("windows") ? "jnicudart.dll" : "libjnicudart.so";
    if (hasResource.test("/org/bytedeco/cuda/" + platform + "/" + file)) {
      return Optional.empty();
    }
    return Optional.of(
        "the native part of JavaCPP's CUDA preset is not on the class path; add the dependency"
            + " org.bytedeco:cuda:"
            + PRESET
            + " with the classifier "
            + platform
            + " (see docs/gpu.md)");
  }

  /**
   * Returns why there is no device to use.
   *
   * @param status what the question for the number of devices returned
   * @param count how many there are, if that was success
   */
  static Optional<String> devices(int status, int count) {
    if (status == cudart.cudaErrorInsufficientDriver) {
      return Optional.of(
          "NVIDIA's driver is older than CUDA 13 needs: on Linux, version 580 or newer");
    }
    if (status == cudart.cudaErrorNoDevice || (status == cudart.cudaSuccess && count == 0)) {
      return Optional.of(
          "NVIDIA's driver is there but shows no device; CUDA_VISIBLE_DEVICES may hide it");
    }
    return status == cudart.cudaSuccess
        ? Optional.empty()
        : Optional.of("NVIDIA's driver fails with error " + status);
  }

  /** Returns which library an error of linking misses. */
  static String library(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Matcher found = LIBRARY.matcher(String.valueOf(cause.getMessage()));
      if (found.find()) {
        return missing(found.group(1));
      }
    }
    return "a native library of JavaCPP's CUDA preset does not load: " + error.getMessage();
  }

  private static String missing(String library) {
    if (library.startsWith("libcuda.so")) {
      return "NVIDIA's driver is not installed: " + library + " was not found";
    }
    String wheel =
        library.startsWith("libcudnn")
            ? "nvidia-cudnn-cu13"
            : library.startsWith("libcublas")
                ? "nvidia-cublas"
                : library.startsWith("libnvrtc") ? "nvidia-cuda-nvrtc" : "nvidia-cuda-runtime";
    return library
        + " was not found: install CUDA 13 and cuDNN 9, or the Python package "
        + wheel
        + ", and put its folder on LD_LIBRARY_PATH";
  }
}
