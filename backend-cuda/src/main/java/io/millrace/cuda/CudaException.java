package io.millrace.cuda;

/** Says that a call of the driver or of one of NVIDIA's libraries failed. */
final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CudaException(String message) {
    super(message);
  }
}
