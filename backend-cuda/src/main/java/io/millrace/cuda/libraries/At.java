package io.millrace.cuda.libraries;

import org.bytedeco.javacpp.Pointer;

/** A pointer to an address, of the host or the device, that owns nothing. */
public final class At extends Pointer {
  public At(long address) {
    super((Pointer) null);
    this.address = address;
  }
}
