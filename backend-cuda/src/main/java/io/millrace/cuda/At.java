package io.millrace.cuda;

import org.bytedeco.javacpp.Pointer;

/** A pointer to an address, of the host or the device, that owns nothing. */
final class At extends Pointer {
  At(long address) {
    super((Pointer) null);
    this.address = address;
  }
}
