package io.millrace.cuda.libraries;

import io.millrace.DeviceException;

/** Says that a call of the driver or of one of NVIDIA's libraries failed. */
public final class CudaException extends DeviceException {
  private static final long serialVersionUID = 1;

  public CudaException(String message) {
    super(message);
  }
}
