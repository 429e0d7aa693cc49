package io.millrace.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.Backends;
import io.millrace.DeviceException;
import io.millrace.cuda.CudaBackend;
import io.millrace.spi.DeviceOptions;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What is said where something is missing. */
class AbsencesTest {
  @Test
  void namesTheDependencyToAdd() {
    String message = Absences.natives("linux-x86_64", name -> false).orElseThrow();
    assertTrue(message.contains("org.bytedeco:cuda:"), message);
    assertTrue(message.contains("classifier linux-x86_64"), message);
    assertTrue(
        Absences.natives("windows-x86_64", name -> name.endsWith("libjnicudart.so")).isPresent());
    assertEquals(
        Optional.empty(),
        Absences.natives("linux-arm64", "/org/bytedeco/cuda/linux-arm64/libjnicudart.so"::equals));
    assertTrue(
        Absences.natives("macosx-arm64", name -> true).orElseThrow().contains("macosx-arm64"));
  }

  /** The preset in the message is the one that this module is compiled with. */
  @Test
  void namesThePresetOfTheBuild() {
    String path = String.valueOf(cudart.class.getProtectionDomain().getCodeSource());
    String message = Absences.natives("linux-x86_64", name -> false).orElseThrow();
    String version = message.replaceAll("(?s).*org\\.bytedeco:cuda:(\\S+) .*", "$1");
    assertTrue(path.contains(version), version + " in " + path);
  }

  @Test
  void tellsDriversWithoutDevicesApart() {
    assertTrue(Absences.devices(35, -1).orElseThrow().contains("580"));
    assertTrue(Absences.devices(100, -1).orElseThrow().contains("shows no device"));
    assertTrue(Absences.devices(0, 0).orElseThrow().contains("shows no device"));
    assertTrue(Absences.devices(999, 0).orElseThrow().contains("999"));
    assertEquals(Optional.empty(), Absences.devices(0, 2));
  }

  @Test
  void namesTheLibraryThatIsMissing() {
    assertTrue(
        library("libcuda.so.1").contains("driver is not installed"), library("libcuda.so.1"));
    assertTrue(library("libcudnn_cnn.so.9").contains("nvidia-cudnn-cu13"));
    assertTrue(library("libcublas.so.13").contains("nvidia-cublas"));
    assertTrue(library("libnvrtc.so.13").contains("nvidia-cuda-nvrtc"));
    String strange = Absences.library(new UnsatisfiedLinkError("GLIBC_2.34 not found"));
    assertTrue(strange.contains("GLIBC_2.34 not found"), strange);
  }

  /** As JavaCPP reports it: what the system said is the cause of what it says itself. */
  private static String library(String name) {
    UnsatisfiedLinkError error = new UnsatisfiedLinkError("no jnicudart in java.library.path");
    error.initCause(
        new UnsatisfiedLinkError(
            "/cache/libjnicudart.so: "
                + name
                + ": cannot open shared object file: No such file or directory"));
    return Absences.library(error);
  }

  @Test
  void refusesTheDeviceThatIsNotThere() {
    CudaBackend backend = new CudaBackend();
    assumeFalse(backend.unavailable().isEmpty(), "there is a device here");
    String reason = backend.unavailable().orElseThrow();
    assertTrue(reason.contains("docs/gpu.md"), reason);
    assertTrue(backend.devices().isEmpty());
    DeviceException refusal =
        Assertions.assertThrows(
            DeviceException.class, () -> Backends.find().open("cuda:0", DeviceOptions.defaults()));
    assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal.getMessage());
    DeviceException direct =
        Assertions.assertThrows(
            DeviceException.class, () -> backend.open("cuda:0", DeviceOptions.defaults()));
    assertEquals(reason, direct.getMessage());
    assertFalse(reason.isBlank());
  }
}
