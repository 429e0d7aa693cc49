package io.millrace.examples;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * Holds labelled digits of 28x28 grey-scale pixels and copies batches of them out.
 *
 * <p>Pixels come out scaled from 0..255 to [0, 1], row by row from the top left; 0 is paper and 1
 * is ink. Immutable, so several threads may read at once.
 */
final class Images {
  /** Rows and columns of a digit. */
  static final int SIDE = IdxFile.SIDE;

  /** Pixels of a digit: 784. */
  static final int PIXELS = SIDE * SIDE;

  /** Rows and columns of a digit with the border of {@link #copyPaddedBatch}. */
  static final int PADDED_SIDE = 32;

  /** Pixels of a digit with that border: 1024. */
  static final int PADDED_PIXELS = PADDED_SIDE * PADDED_SIDE;

  private static final int BORDER = (PADDED_SIDE - SIDE) / 2;

  private final byte[] pixels;
  private final byte[] labels;

  private Images(byte[] pixels, byte[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Joins a file of images and the file of their labels.
   *
   * @throws DataFileException if they do not hold the same number of items
   */
  static Images of(IdxFile images, IdxFile labels) throws DataFileException {
    if (images.count() != labels.count()) {
      throw new DataFileException(
          labels.name(),
          String.format(
              Locale.ROOT,
              "one label per image is needed: expected %d as in %s, found %d",
              images.count(),
              images.name(),
              labels.count()));
    }
    return new Images(images.data(), labels.data());
  }

  /** Returns the number of digits. */
  int count() {
    return labels.length;
  }

  /**
   * Returns which digit an image shows, 0 to 9.
   *
   * @throws IndexOutOfBoundsException if there is no such image
   */
  int label(int index) {
    return labels[Objects.checkIndex(index, labels.length)];
  }

  /**
   * Returns a new array of one image's 784 pixels in [0, 1].
   *
   * @throws IndexOutOfBoundsException if there is no such image
   */
  float[] pixels(int index) {
    float[] image = new float[PIXELS];
    copyRows(index, image, 0, SIDE);
    return image;
  }

  /** Returns a new array of all indices in an order fixed by the seed, see {@link Shuffle}. */
  int[] shuffledOrder(long seed) {
    return Shuffle.order(count(), seed);
  }

  /** Returns the images at these indices, in this order, as a new set. */
  Images select(int[] indices) {
    byte[] chosenPixels = new byte[indices.length * PIXELS];
    byte[] chosenLabels = new byte[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosenLabels[i] = (byte) label(indices[i]);
      System.arraycopy(pixels, indices[i] * PIXELS, chosenPixels, i * PIXELS, PIXELS);
    }
    return new Images(chosenPixels, chosenLabels);
  }

  /**
   * Copies a batch as rows of 784 pixels, to the beginning of the arrays.
   *
   * @param order indices of images, such as {@link #shuffledOrder} gives
   * @param from where in {@code order} the batch begins
   * @param count the number of images in the batch
   * @param images receives count x 784 pixels in [0, 1]
   * @param labels receives count labels of 0 to 9
   * @throws IndexOutOfBoundsException if the batch leaves {@code order}, or an index is no image's
   * @throws IllegalArgumentException if an array is too short for the batch
   */
  void copyBatch(int[] order, int from, int count, float[] images, long[] labels) {
    checkBatch(order, from, count, PIXELS, images, labels);
    for (int i = 0; i < count; i++) {
      labels[i] = label(order[from + i]);
      copyRows(order[from + i], images, i * PIXELS, SIDE);
    }
  }

  /**
   * Copies a batch like {@link #copyBatch}, with a border of 2 zero pixels around each image.
   *
   * @param images receives count x 1024 pixels in [0, 1], 32x32 of each image
   * @throws IndexOutOfBoundsException if the batch leaves {@code order}, or an index is no image's
   * @throws IllegalArgumentException if an array is too short for the batch
   */
  void copyPaddedBatch(int[] order, int from, int count, float[] images, long[] labels) {
    copyPadded(order, from, count, images, labels, () -> 0);
  }

  /**
   * Copies a batch like {@link #copyPaddedBatch}, each image moved by up to one pixel each way, so
   * that a network sees more than there is.
   */
  void copyMovedBatch(
      int[] order, int from, int count, float[] images, long[] labels, Random random) {
    copyPadded(order, from, count, images, labels, () -> random.nextInt(3) - 1);
  }

  private void copyPadded(
      int[] order, int from, int count, float[] images, long[] labels, IntSupplier moves) {
    checkBatch(order, from, count, PADDED_PIXELS, images, labels);
    Arrays.fill(images, 0, count * PADDED_PIXELS, 0f);
    for (int i = 0; i < count; i++) {
      labels[i] = label(order[from + i]);
      int row = BORDER + moves.getAsInt();
      int column = BORDER + moves.getAsInt();
      copyRows(
          order[from + i], images, i * PADDED_PIXELS + row * PADDED_SIDE + column, PADDED_SIDE);
    }
  }

  private static void checkBatch(
      int[] order, int from, int count, int pixelsEach, float[] images, long[] labels) {
    Objects.checkFromIndexSize(from, count, order.length);
    if (images.length < (long) count * pixelsEach) {
      throw new IllegalArgumentException(
          "a batch of %s images needs room for %s x %s pixels, not %s"
              .formatted(count, count, pixelsEach, images.length));
    }
    if (labels.length < count) {
      throw new IllegalArgumentException(
          "a batch of " + count + " images needs room for as many labels, not " + labels.length);
    }
  }

  private void copyRows(int index, float[] target, int firstPixel, int pitch) {
    int source = Objects.checkIndex(index, labels.length) * PIXELS;
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        int value = pixels[source + row * SIDE + column] & 0xff;
        target[firstPixel + row * pitch + column] = value / 255f;
      }
    }
  }
}
