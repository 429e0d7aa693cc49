package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import java.nio.ByteBuffer;

/** Copies and clears bytes of tensors, on the calling thread. */
final class Bytes {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 12);

  private Bytes() {}

  /** Copies bytes from one place to another, both from so many bytes on. */
  static void copy(Frame frame, Place from, long fromAt, Place to, long toAt, long bytes) {
    for (long done = 0; done < bytes; done += HostMemory.WINDOW) {
      int count = (int) Math.min(HostMemory.WINDOW, bytes - done);
      ByteBuffer source = frame.window(from, fromAt + done);
      frame
          .window(to, toAt + done)
          .put(frame.position(to, toAt + done), source, frame.position(from, fromAt + done), count);
    }
  }

  /** Copies a tensor, unless both places are one. */
  static void copy(Frame frame, Place from, Place to) {
    if (!from.sameStart(to)) {
      copy(frame, from, 0, to, 0, to.type().bytes());
    }
  }

  /** Sets a place's bytes to 0, from so many on. */
  static void clear(Frame frame, Place place, long from) {
    long end = place.type().bytes();
    for (long at = from; at < end; at += ZEROS.capacity()) {
      int count = (int) Math.min(ZEROS.capacity(), end - at);
      frame.window(place, at).put(frame.position(place, at), ZEROS, 0, count);
    }
  }
}
