package io.millrace;

/**
 * Thrown when a device cannot be had, has no memory left, or fails; the message says what was tried
 * and why each declined.
 */
public class DeviceException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public DeviceException(String message) {
    super(message);
  }
}
