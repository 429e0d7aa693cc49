package io.millrace.cuda;

import io.millrace.DeviceException;

/** Says that a call of the driver or of one of NVIDIA's libraries failed. */
final class CudaException extends DeviceException {
  private static final long serialVersionUID = 1;

  CudaException(String message) {
    super(message);
  }
}
