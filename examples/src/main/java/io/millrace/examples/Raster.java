package io.millrace.examples;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Holds a picture of 24-bit colours that can be drawn on and written as PNG.
 *
 * <p>It needs nothing but {@code java.base}: AWT would need its native libraries, and for text also
 * fonts, and Java runtimes for servers come without them. Colours are 0xRRGGBB. What lies outside
 * the picture is not drawn.
 */
final class Raster {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BITS_PER_SAMPLE = 8;
  private static final int TRUECOLOUR = 2;

  private final int width;
  private final int height;
  private final int[] colours;

  /** Creates a picture of this many pixels, at least 1x1, all of one colour. */
  Raster(int width, int height, int colour) {
    this.width = width;
    this.height = height;
    colours = new int[Math.multiplyExact(width, height)];
    Arrays.fill(colours, colour);
  }

  /** Returns the number of columns. */
  int width() {
    return width;
  }

  /** Returns the number of rows. */
  int height() {
    return height;
  }

  /** Fills the rectangle whose top left pixel is (x, y). */
  void fill(int x, int y, int columns, int rows, int colour) {
    int left = Math.max(0, x);
    int right = Math.min(width, x + columns);
    for (int row = Math.max(0, y); row < Math.min(height, y + rows); row++) {
      if (left < right) {
        Arrays.fill(colours, row * width + left, row * width + right, colour);
      }
    }
  }

  /** Draws one line of text with its top left pixel at (x, y), each dot of the font a square. */
  void text(int x, int y, String text, int dotSize, int colour) {
    for (int i = 0; i < text.length(); i++) {
      int left = x + i * DotFont.ADVANCE * dotSize;
      for (int row = 0; row < DotFont.HEIGHT; row++) {
        for (int column = 0; column < DotFont.WIDTH; column++) {
          if (DotFont.isSet(text.charAt(i), row, column)) {
            fill(left + column * dotSize, y + row * dotSize, dotSize, dotSize, colour);
          }
        }
      }
    }
  }

  /** Writes the picture as a PNG file to a stream, which stays open. */
  void writePng(OutputStream target) throws IOException {
    DataOutputStream out = new DataOutputStream(target);
    out.write(SIGNATURE);
    writeChunk(out, "IHDR", header());
    writeChunk(out, "IDAT", pixels());
    writeChunk(out, "IEND", new byte[0]);
    out.flush();
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(width);
    out.writeInt(height);
    out.write(BITS_PER_SAMPLE);
    out.write(TRUECOLOUR);
    // The only compression and filter methods there are, and no interlacing.
    out.write(new byte[3]);
    return bytes.toByteArray();
  }

  private byte[] pixels() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      byte[] line = new byte[1 + 3 * width];
      for (int row = 0; row < height; row++) {
        for (int column = 0; column < width; column++) {
          int colour = colours[row * width + column];
          line[1 + 3 * column] = (byte) (colour >> 16);
          line[2 + 3 * column] = (byte) (colour >> 8);
          line[3 + 3 * column] = (byte) colour;
        }
        out.write(line);
      }
    }
    return bytes.toByteArray();
  }

  private static void writeChunk(DataOutputStream out, String type, byte[] content)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) crc.getValue());
  }
}
