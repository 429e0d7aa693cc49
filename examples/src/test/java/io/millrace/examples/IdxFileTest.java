package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
  @Test
  void readsImagesAndLabels() throws IOException {
    IdxFile images = images(IdxBytes.images(3));
    assertEquals(3, images.count());
    assertArrayEquals(new int[] {3, 28, 28}, images.dims());
    assertArrayEquals(IdxBytes.pixels(3), images.data());

    IdxFile labels = labels(IdxBytes.labels(0, 9, 4));
    assertArrayEquals(new int[] {3}, labels.dims());
    assertArrayEquals(new byte[] {0, 9, 4}, labels.data());
  }

  @Test
  void readsGzipWhateverTheName(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("plain-name");
    // More than one chunk.
    Files.write(file, IdxBytes.gzip(IdxBytes.images(200)));
    assertArrayEquals(IdxBytes.pixels(200), IdxFile.readImages(file).data());
  }

  @Test
  void namesMissingFile(@TempDir Path dir) {
    Path file = dir.resolve("absent");
    DataFileException e = assertThrows(DataFileException.class, () -> IdxFile.readLabels(file));
    assertEquals(file + ": there is no such file", e.getMessage());
  }

  @Test
  void refusesDirectory(@TempDir Path dir) {
    DataFileException e = assertThrows(DataFileException.class, () -> IdxFile.readLabels(dir));
    // The reason is the operating system's.
    assertTrue(e.getMessage().startsWith(dir + ": cannot be read: "), e.getMessage());
  }

  @Test
  void refusesOtherMagic() {
    assertRefusedImages(
        IdxBytes.labels(1),
        "wrong magic number: expected 0x00000803 (images), found 0x00000801, which is that of"
            + " labels");
    assertRefusedLabels(
        IdxBytes.of(0x12345678, new int[] {1}, new byte[1]),
        "wrong magic number: expected 0x00000801 (labels), found 0x12345678");
    assertRefusedLabels(
        IdxBytes.of(0x00000802, new int[] {1, 1}, new byte[1]),
        "wrong magic number: expected 0x00000801 (labels), found 0x00000802");
  }

  @Test
  void refusesOtherElementTypes() {
    assertRefusedImages(
        IdxBytes.of(0x00000d03, new int[] {1, 28, 28}, new byte[4 * 784]),
        "unsupported element type 0x0d; only 0x08, unsigned bytes, is read");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 15})
  void refusesHeaderCutShort(int length) {
    assertRefusedImages(
        Arrays.copyOf(IdxBytes.images(1), length), "truncated: it ends within the header");
  }

  @Test
  void refusesTruncatedData() {
    byte[] file = IdxBytes.images(2);
    assertRefusedImages(
        Arrays.copyOf(file, file.length - 1),
        "truncated: the header declares 1568 bytes of data, found 1567");
    assertRefusedImages(
        Arrays.copyOf(file, 16), "truncated: the header declares 1568 bytes of data, found 0");
  }

  @Test
  void refusesTruncatedGzip() {
    byte[] zipped = IdxBytes.gzip(IdxBytes.images(1));
    DataFileException e =
        assertThrows(
            DataFileException.class, () -> images(Arrays.copyOf(zipped, zipped.length / 2)));
    String start = "file: truncated: the header declares 784 bytes of data, found ";
    assertEquals(start, e.getMessage().substring(0, start.length()));

    assertRefusedImages(Arrays.copyOf(zipped, zipped.length - 4), "the gzip data ends early");
    assertRefusedImages(Arrays.copyOf(zipped, 4), "the gzip data ends early");
  }

  @Test
  void refusesCorruptGzip() {
    byte[] zipped = IdxBytes.gzip(IdxBytes.images(1));
    byte[] wrongChecksum = zipped.clone();
    wrongChecksum[zipped.length - 8] ^= 1;
    assertRefusedImages(wrongChecksum, "the gzip data is corrupt: Corrupt GZIP trailer");

    byte[] wrongMethod = zipped.clone();
    wrongMethod[2] = 7;
    assertRefusedImages(wrongMethod, "the gzip data is corrupt: Unsupported compression method");
  }

  @Test
  void refusesTrailingBytes() {
    byte[] file = IdxBytes.labels(1, 2);
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    String problem = "trailing bytes: the header declares 2 bytes of data, found more";
    assertRefusedLabels(longer, problem);
    assertRefusedLabels(IdxBytes.gzip(longer), problem);
  }

  @Test
  void refusesAbsurdSizes() {
    assertRefusedLabels(
        IdxBytes.of(IdxBytes.LABELS, new int[] {-1}, new byte[1]),
        "declares 4294967295 bytes of data; at most 268435456 are accepted");
    assertRefusedImages(
        IdxBytes.of(IdxBytes.IMAGES, new int[] {-1, 28, 28}, new byte[1]),
        "declares 3367254359280 bytes of data; at most 268435456 are accepted");
    assertRefusedLabels(
        IdxBytes.of(IdxBytes.LABELS, new int[] {0}, new byte[0]),
        "declares no labels; at least 1 is needed");
  }

  @Test
  void trustsArrivingBytesNotTheHeader() {
    assertRefusedLabels(
        IdxBytes.of(IdxBytes.LABELS, new int[] {IdxFile.MAX_BYTES}, new byte[5]),
        "truncated: the header declares 268435456 bytes of data, found 5");
  }

  @Test
  void asksForBoundedPieces() {
    int[] largest = new int[1];
    InputStream header =
        new ByteArrayInputStream(
            IdxBytes.of(IdxBytes.LABELS, new int[] {IdxFile.MAX_BYTES}, new byte[0])) {
          @Override
          public synchronized int read(byte[] target, int from, int length) {
            largest[0] = Math.max(largest[0], length);
            return super.read(target, from, length);
          }
        };
    assertThrows(DataFileException.class, () -> IdxFile.readLabels("file", header));
    assertEquals(1 << 16, largest[0]);
  }

  @Test
  void refusesImagesOfAnotherSize() {
    assertRefusedImages(
        IdxBytes.of(IdxBytes.IMAGES, new int[] {1, 28, 32}, new byte[28 * 32]),
        "an image has 28x28 pixels, but axis 2 is declared as 32");
  }

  @Test
  void refusesLabelsAboveNine() {
    assertRefusedLabels(IdxBytes.labels(1, 2, 10), "labels are 0 to 9, but label 2 is 10");
    assertRefusedLabels(IdxBytes.labels(255), "labels are 0 to 9, but label 0 is 255");
  }

  private static IdxFile images(byte[] file) throws DataFileException {
    return IdxFile.readImages("file", new ByteArrayInputStream(file));
  }

  private static IdxFile labels(byte[] file) throws DataFileException {
    return IdxFile.readLabels("file", new ByteArrayInputStream(file));
  }

  private static void assertRefusedImages(byte[] file, String problem) {
    DataFileException e = assertThrows(DataFileException.class, () -> images(file));
    assertEquals("file: " + problem, e.getMessage());
  }

  private static void assertRefusedLabels(byte[] file, String problem) {
    DataFileException e = assertThrows(DataFileException.class, () -> labels(file));
    assertEquals("file: " + problem, e.getMessage());
  }
}
