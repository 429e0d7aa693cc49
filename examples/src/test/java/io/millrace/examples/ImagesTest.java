package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImagesTest {
  private final Images digits = IdxBytes.labelled(3, 1, 4, 1, 5);

  @Test
  void copiesBatchInOrderScaledToOne() {
    float[] images = new float[3 * Images.PIXELS];
    long[] labels = new long[3];
    digits.copyBatch(new int[] {0, 4, 2, 1}, 1, 3, images, labels);
    assertArrayEquals(new long[] {5, 4, 1}, labels);
    // Pixel p of image i is (i + p) mod 256.
    assertEquals(4 / 255f, images[0]);
    assertEquals(1f, images[251]);
    assertEquals(0f, images[252]);
    assertEquals(2 / 255f, images[784]);
    assertEquals((1 + 783) % 256 / 255f, images[3 * 784 - 1]);
  }

  @Test
  void leavesTheRestOfLongerArraysAlone() {
    float[] images = new float[2 * Images.PIXELS];
    Arrays.fill(images, -1f);
    long[] labels = {-1, -1};
    digits.copyBatch(new int[] {0}, 0, 1, images, labels);
    assertEquals(-1f, images[784]);
    assertArrayEquals(new long[] {3, -1}, labels);
  }

  @Test
  void padsWithTwoZerosOnEachSide() {
    float[] images = new float[2 * Images.PADDED_PIXELS];
    Arrays.fill(images, -1f);
    digits.copyPaddedBatch(new int[] {1, 2}, 0, 2, images, new long[2]);
    for (int i = 0; i < 2; i++) {
      float[] plain = digits.pixels(i + 1);
      for (int row = 0; row < 32; row++) {
        for (int column = 0; column < 32; column++) {
          boolean border = row < 2 || row >= 30 || column < 2 || column >= 30;
          float expected = border ? 0f : plain[(row - 2) * 28 + column - 2];
          assertEquals(expected, images[i * 1024 + row * 32 + column]);
        }
      }
    }
  }

  @Test
  void movesImagesByUpToOnePixel() {
    Set<String> moves = new HashSet<>();
    Random random = new Random(3);
    float[] plain = new float[Images.PADDED_PIXELS];
    float[] moved = new float[Images.PADDED_PIXELS];
    digits.copyPaddedBatch(new int[] {1}, 0, 1, plain, new long[1]);
    for (int i = 0; i < 200; i++) {
      digits.copyMovedBatch(new int[] {1}, 0, 1, moved, new long[1], random);
      for (int move = -33; move <= 33; move++) {
        if (Arrays.equals(moved, shifted(plain, move))) {
          moves.add(Integer.toString(move));
        }
      }
    }
    assertEquals(Set.of("-33", "-32", "-31", "-1", "0", "1", "31", "32", "33"), moves);
  }

  private static float[] shifted(float[] image, int move) {
    float[] shifted = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      if (image[i] != 0) {
        shifted[i + move] = image[i];
      }
    }
    return shifted;
  }

  @Test
  void refusesBatchOutsideTheOrder() {
    float[] images = new float[2 * Images.PIXELS];
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> digits.copyBatch(new int[] {0}, 0, 2, images, new long[2]));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> digits.copyBatch(new int[] {5}, 0, 1, images, new long[1]));
  }

  @Test
  void refusesArraysTooShort() {
    int[] order = {0, 1};
    IllegalArgumentException pixels =
        assertThrows(
            IllegalArgumentException.class,
            () -> digits.copyPaddedBatch(order, 0, 2, new float[2 * 784], new long[2]));
    assertEquals(
        "a batch of 2 images needs room for 2 x 1024 pixels, not 1568", pixels.getMessage());
    IllegalArgumentException labels =
        assertThrows(
            IllegalArgumentException.class,
            () -> digits.copyBatch(order, 0, 2, new float[2 * 784], new long[1]));
    assertEquals("a batch of 2 images needs room for as many labels, not 1", labels.getMessage());
  }

  @Test
  void selectsImagesWithTheirLabels() {
    Images chosen = digits.select(new int[] {4, 0});
    assertEquals(2, chosen.count());
    assertEquals(5, chosen.label(0));
    assertArrayEquals(digits.pixels(0), chosen.pixels(1));
  }

  @Test
  void refusesAnotherNumberOfLabels() throws DataFileException {
    IdxFile images = IdxFile.readImages("the images", new ByteArrayInputStream(IdxBytes.images(2)));
    IdxFile labels =
        IdxFile.readLabels("the labels", new ByteArrayInputStream(IdxBytes.labels(1, 2, 3)));
    DataFileException e = assertThrows(DataFileException.class, () -> Images.of(images, labels));
    assertEquals(
        "the labels: one label per image is needed: expected 2 as in the images, found 3",
        e.getMessage());
  }
}
