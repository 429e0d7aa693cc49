package io.millrace.examples;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Holds the content of one IDX file of unsigned bytes: digit images or their labels.
 *
 * <p>An IDX file is a magic number (two zero bytes, the element type, the number of axes), one
 * big-endian 32-bit extent per axis, and the elements in row-major order. It may be wrapped in
 * gzip, which is recognised by its first two bytes and not by the file's name.
 *
 * <p>The header is not trusted: memory grows with the bytes that really arrive, and a file may
 * declare at most {@link #MAX_BYTES} of them.
 */
final class IdxFile {
  /** The most elements, of one byte each, that a file may declare: 256 MiB. */
  static final int MAX_BYTES = 1 << 28;

  /** Rows and columns of a digit. */
  static final int SIDE = 28;

  private static final int UNSIGNED_BYTE = 0x08;
  private static final int CHUNK = 1 << 16;
  private static final int MAX_LABEL = 9;

  /** What a file is read as. */
  private enum Kind {
    LABELS(0x00000801, "labels"),
    IMAGES(0x00000803, "images");

    final int magic;
    final String title;

    Kind(int magic, String title) {
      this.magic = magic;
      this.title = title;
    }

    int rank() {
      return magic & 0xff;
    }
  }

  private final String name;
  private final int[] dims;
  private final byte[] data;

  private IdxFile(String name, int[] dims, byte[] data) {
    this.name = name;
    this.dims = dims;
    this.data = data;
  }

  /** Returns what the file is called in messages: its path or resource name. */
  String name() {
    return name;
  }

  /** Returns a copy of the extents: [count] of labels, [count, 28, 28] of images. */
  int[] dims() {
    return dims.clone();
  }

  /** Returns the number of labels or images, at least 1. */
  int count() {
    return dims[0];
  }

  /** Returns the elements in row-major order, as unsigned bytes: the array itself, not a copy. */
  byte[] data() {
    return data;
  }

  /**
   * Reads labels of 0 to 9 from a file.
   *
   * @throws DataFileException if the file is missing, cannot be read, or breaks a rule of the
   *     format
   */
  static IdxFile readLabels(Path file) throws DataFileException {
    return readFile(file, Kind.LABELS);
  }

  /**
   * Reads images of 28x28 pixels from a file.
   *
   * @throws DataFileException if the file is missing, cannot be read, or breaks a rule of the
   *     format
   */
  static IdxFile readImages(Path file) throws DataFileException {
    return readFile(file, Kind.IMAGES);
  }

  /**
   * Reads labels of 0 to 9 from a stream, to its end; the caller closes it.
   *
   * @param name what to call the stream in messages
   * @throws DataFileException if the stream cannot be read or breaks a rule of the format
   */
  static IdxFile readLabels(String name, InputStream in) throws DataFileException {
    return readStream(name, in, Kind.LABELS);
  }

  /**
   * Reads images of 28x28 pixels from a stream, to its end; the caller closes it.
   *
   * @param name what to call the stream in messages
   * @throws DataFileException if the stream cannot be read or breaks a rule of the format
   */
  static IdxFile readImages(String name, InputStream in) throws DataFileException {
    return readStream(name, in, Kind.IMAGES);
  }

  private static IdxFile readFile(Path file, Kind kind) throws DataFileException {
    String name = file.toString();
    try (InputStream in = Files.newInputStream(file)) {
      return readStream(name, in, kind);
    } catch (DataFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new DataFileException(name, "there is no such file", e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static IdxFile readStream(String name, InputStream raw, Kind kind)
      throws DataFileException {
    try {
      IdxFile file = parse(name, unwrap(new BufferedInputStream(raw, CHUNK)), kind);
      if (kind == Kind.LABELS) {
        file.checkLabels();
      }
      return file;
    } catch (DataFileException e) {
      throw e;
    } catch (ZipException e) {
      throw new DataFileException(name, "the gzip data is corrupt: " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new DataFileException(name, "the gzip data ends early", e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static DataFileException unreadable(String name, IOException cause) {
    return new DataFileException(name, "cannot be read: " + cause.getMessage(), cause);
  }

  private static InputStream unwrap(BufferedInputStream in) throws IOException {
    in.mark(2);
    byte[] start = in.readNBytes(2);
    in.reset();
    boolean gzip = start.length == 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b;
    return gzip ? new GZIPInputStream(in, CHUNK) : in;
  }

  private static IdxFile parse(String name, InputStream in, Kind kind) throws IOException {
    checkMagic(name, readInt(name, in), kind);
    int[] dims = new int[kind.rank()];
    long size = 1;
    for (int axis = 0; axis < dims.length; axis++) {
      long extent = Integer.toUnsignedLong(readInt(name, in));
      if (axis > 0 && extent != SIDE) {
        throw new DataFileException(
            name, "an image has 28x28 pixels, but axis " + axis + " is declared as " + extent);
      }
      // At most 2^32 * 28 * 28, which a long holds.
      size *= extent;
      dims[axis] = (int) extent;
    }
    if (size == 0) {
      throw new DataFileException(name, "declares no " + kind.title + "; at least 1 is needed");
    }
    if (size > MAX_BYTES) {
      throw new DataFileException(
          name, "declares " + size + " bytes of data; at most " + MAX_BYTES + " are accepted");
    }
    return new IdxFile(name, dims, readData(name, in, (int) size));
  }

  private static void checkMagic(String name, int magic, Kind kind) throws DataFileException {
    if (magic >>> 16 == 0 && (magic & 0xff) != 0) {
      int type = (magic >>> 8) & 0xff;
      if (List.of(0x09, 0x0b, 0x0c, 0x0d, 0x0e).contains(type)) {
        throw new DataFileException(
            name,
            String.format(
                Locale.ROOT,
                "unsupported element type 0x%02x; only 0x%02x, unsigned bytes, is read",
                type,
                UNSIGNED_BYTE));
      }
    }
    if (magic != kind.magic) {
      String meaning =
          Arrays.stream(Kind.values())
              .filter(other -> other.magic == magic)
              .map(other -> ", which is that of " + other.title)
              .collect(Collectors.joining());
      throw new DataFileException(
          name,
          String.format(
              Locale.ROOT,
              "wrong magic number: expected 0x%08x (%s), found 0x%08x%s",
              kind.magic,
              kind.title,
              magic,
              meaning));
    }
  }

  private static int readInt(String name, InputStream in) throws IOException {
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      int next = in.read();
      if (next < 0) {
        throw new DataFileException(name, "truncated: it ends within the header");
      }
      value = value << 8 | next;
    }
    return value;
  }

  private static byte[] readData(String name, InputStream in, int declared) throws IOException {
    byte[] data = new byte[Math.min(declared, CHUNK)];
    int found = 0;
    while (found < declared) {
      if (found == data.length) {
        data = Arrays.copyOf(data, (int) Math.min(declared, 2L * found));
      }
      int read = readOrEnd(in, data, found);
      if (read < 0) {
        throw new DataFileException(
            name, "truncated: the header declares " + declared + " bytes of data, found " + found);
      }
      found += read;
    }
    // Reading to the end is also what makes gzip compare its checksum.
    if (in.read() >= 0) {
      throw new DataFileException(
          name, "trailing bytes: the header declares " + declared + " bytes of data, found more");
    }
    return data;
  }

  /** Reads into the rest of the array; -1 at the end, also where gzip data breaks off. */
  private static int readOrEnd(InputStream in, byte[] data, int from) throws IOException {
    try {
      return in.read(data, from, data.length - from);
    } catch (EOFException e) {
      return -1;
    }
  }

  private void checkLabels() throws DataFileException {
    for (int i = 0; i < data.length; i++) {
      int label = data[i] & 0xff;
      if (label > MAX_LABEL) {
        throw new DataFileException(
            name, "labels are 0 to " + MAX_LABEL + ", but label " + i + " is " + label);
      }
    }
  }
}
