package io.millrace.examples;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files for tests. */
final class IdxBytes {
  static final int LABELS = 0x00000801;
  static final int IMAGES = 0x00000803;

  private IdxBytes() {}

  /** Returns a file with this header and content, whether or not they fit. */
  static byte[] of(int magic, int[] dims, byte[] data) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dims.length + data.length).putInt(magic);
    for (int dim : dims) {
      buffer.putInt(dim);
    }
    return buffer.put(data).array();
  }

  static byte[] labels(int... labels) {
    byte[] data = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      data[i] = (byte) labels[i];
    }
    return of(LABELS, new int[] {labels.length}, data);
  }

  /** Returns a file of images in which pixel p of image i is (i + p) mod 256. */
  static byte[] images(int count) {
    return of(IMAGES, new int[] {count, 28, 28}, pixels(count));
  }

  static byte[] pixels(int count) {
    byte[] data = new byte[count * 784];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i / 784 + i % 784);
    }
    return data;
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns images made by {@link #images} with these labels. */
  static Images labelled(int... labels) {
    try {
      return Images.of(
          IdxFile.readImages("images", new ByteArrayInputStream(images(labels.length))),
          IdxFile.readLabels("labels", new ByteArrayInputStream(labels(labels))));
    } catch (DataFileException e) {
      throw new UncheckedIOException(e);
    }
  }
}
