package io.millrace.cuda.libraries;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** Turns the status of a call into an exception if it is not success. */
public final class Status {
  private Status() {}

  /** Checks a call of the CUDA runtime. */
  public static void runtime(String call, int status) {
    if (status != cudart.cudaSuccess) {
      // The error would be reported by the next call too.
      int ignored = cudart.cudaGetLastError();
      throw new CudaException(
          "%s failed: %s, %s"
              .formatted(
                  call,
                  cudart.cudaGetErrorName(status).getString(),
                  cudart.cudaGetErrorString(status).getString()));
    }
  }

  /** Checks a call of the CUDA driver. */
  public static void driver(String call, int status) {
    if (status != cudart.CUDA_SUCCESS) {
      throw new CudaException(call + " failed: " + driverError(status));
    }
  }

  private static String driverError(int status) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      return cudart.cuGetErrorName(status, text) == cudart.CUDA_SUCCESS
          ? text.get(BytePointer.class, 0).getString()
          : "error " + status;
    }
  }

  /** Checks a call of cuBLAS or cuBLASLt. */
  static void cublas(String call, int status) {
    if (status != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(
          call + " failed: " + cublas.cublasGetStatusString(status).getString());
    }
  }

  /** Checks a call of cuDNN. */
  static void cudnn(String call, int status) {
    if (status != cudnn.CUDNN_STATUS_SUCCESS) {
      throw new CudaException(call + " failed: " + cudnn.cudnnGetErrorString(status).getString());
    }
  }

  /** Checks a call of NVRTC. */
  public static void nvrtc(String call, int status) {
    if (status != nvrtc.NVRTC_SUCCESS) {
      throw new CudaException(call + " failed: " + nvrtc.nvrtcGetErrorString(status).getString());
    }
  }
}
