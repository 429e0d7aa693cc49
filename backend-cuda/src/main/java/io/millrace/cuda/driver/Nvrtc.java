package io.millrace.cuda.driver;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.cuda.libraries.Status;
import java.util.List;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** NVIDIA's compiler from CUDA C++ to the machine code of one architecture. */
public final class Nvrtc {
  private static final List<String> OPTIONS = List.of("--std=c++17");

  private Nvrtc() {}

  /** Returns the version, such as {@code 13.0}, with the options that are always given. */
  static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    Status.nvrtc("nvrtcVersion", nvrtc.nvrtcVersion(major, minor));
    return major[0] + "." + minor[0];
  }

  /** Returns what besides the source decides what the compiler writes. */
  static String fingerprint(String architecture) {
    return "nvrtc " + version() + " " + architecture + " " + String.join(" ", OPTIONS);
  }

  /**
   * Returns the machine code of a kernel.
   *
   * @param architecture such as {@code sm_90}
   * @throws CudaException if the source does not compile; it holds the compiler's messages
   */
  public static byte[] compile(KernelSource source, String architecture) {
    _nvrtcProgram program = new _nvrtcProgram();
    try (BytePointer text = new BytePointer(source.whole());
        BytePointer name = new BytePointer(source.name() + ".cu")) {
      Status.nvrtc(
          "nvrtcCreateProgram",
          nvrtc.nvrtcCreateProgram(
              program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null));
      try {
        return compile(program, source, architecture);
      } finally {
        Status.nvrtc("nvrtcDestroyProgram", nvrtc.nvrtcDestroyProgram(program));
      }
    }
  }

  private static byte[] compile(_nvrtcProgram program, KernelSource source, String architecture) {
    String[] options = new String[OPTIONS.size() + 1];
    OPTIONS.toArray(options);
    options[OPTIONS.size()] = "--gpu-architecture=" + architecture;
    try (PointerPointer<BytePointer> pointers = new PointerPointer<>(options);
        SizeTPointer size = new SizeTPointer(1)) {
      int status = nvrtc.nvrtcCompileProgram(program, options.length, pointers);
      if (status == nvrtc.NVRTC_ERROR_COMPILATION) {
        throw new CudaException(
            "NVRTC " + version() + " refuses a kernel:\n" + log(program) + source.whole());
      }
      Status.nvrtc("nvrtcCompileProgram", status);
      Status.nvrtc("nvrtcGetCUBINSize", nvrtc.nvrtcGetCUBINSize(program, size));
      byte[] code = new byte[Math.toIntExact(size.get())];
      Status.nvrtc("nvrtcGetCUBIN", nvrtc.nvrtcGetCUBIN(program, code));
      return code;
    }
  }

  private static String log(_nvrtcProgram program) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      Status.nvrtc("nvrtcGetProgramLogSize", nvrtc.nvrtcGetProgramLogSize(program, size));
      try (BytePointer log = new BytePointer(size.get())) {
        Status.nvrtc("nvrtcGetProgramLog", nvrtc.nvrtcGetProgramLog(program, log));
        return log.getString();
      }
    }
  }
}
