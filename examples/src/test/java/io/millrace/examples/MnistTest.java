package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path dir;

  @Test
  void splitsTheBundledDigits() throws IOException {
    Mnist mnist = Mnist.bundled();
    assertEquals(8_000, mnist.train().count());
    assertEquals(2_000, mnist.heldOut().count());

    // The database's test labels begin 7 2 1 0 4 1 4 9 5 9 0 6.
    int[] train = new int[9];
    for (int i = 0; i < train.length; i++) {
      train[i] = mnist.train().label(i);
    }
    assertArrayEquals(new int[] {7, 2, 1, 0, 1, 4, 9, 5, 0}, train);
    assertEquals(4, mnist.heldOut().label(0));
    assertEquals(9, mnist.heldOut().label(1));
  }

  @Test
  void bundledDigitsLookLikeDigits() throws IOException {
    Images train = Mnist.bundled().train();
    float[] pixels = train.pixels(0);
    float sum = 0;
    for (float pixel : pixels) {
      assertTrue(pixel >= 0 && pixel <= 1);
      sum += pixel;
    }
    assertTrue(sum > 20 && sum < 300, "ink of the first digit: " + sum);
    assertEquals(0f, pixels[0]);
  }

  @Test
  void bundledFilesHaveAttribution() throws IOException {
    try (InputStream in = Mnist.class.getResourceAsStream("mnist/ATTRIBUTION.md")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(text.contains("LeCun") && text.contains("CC BY-SA 3.0"));
    }
  }

  @Test
  void readsDirectoryInAnySpelling() throws IOException {
    Files.write(dir.resolve("train-images-idx3-ubyte"), IdxBytes.images(3));
    Files.write(dir.resolve("train-labels.idx1-ubyte"), IdxBytes.labels(1, 2, 3));
    Files.write(dir.resolve("t10k-images.idx3-ubyte.gz"), IdxBytes.gzip(IdxBytes.images(2)));
    Files.write(dir.resolve("t10k-labels-idx1-ubyte.gz"), IdxBytes.gzip(IdxBytes.labels(8, 9)));
    Mnist mnist = Mnist.fromDirectory(dir);
    assertEquals(3, mnist.train().count());
    assertEquals(2, mnist.train().label(1));
    assertEquals(2, mnist.heldOut().count());
    assertEquals(9, mnist.heldOut().label(1));
  }

  @Test
  void saysWhichFileIsMissing() throws IOException {
    Files.write(dir.resolve("train-images-idx3-ubyte"), IdxBytes.images(1));
    DataFileException e = assertThrows(DataFileException.class, () -> Mnist.fromDirectory(dir));
    assertEquals(
        dir
            + ": holds no train-labels-idx1-ubyte (looked for train-labels-idx1-ubyte,"
            + " train-labels-idx1-ubyte.gz, train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz)",
        e.getMessage());
  }

  @Test
  void saysThatTheFolderIsMissing() throws IOException {
    Path none = dir.resolve("none");
    DataFileException e = assertThrows(DataFileException.class, () -> Mnist.fromDirectory(none));
    assertEquals(none + ": there is no such folder", e.getMessage());

    Path file = Files.write(dir.resolve("file"), new byte[1]);
    e = assertThrows(DataFileException.class, () -> Mnist.fromDirectory(file));
    assertEquals(file + ": is not a folder", e.getMessage());
  }

  @Test
  void refusesLabelsOfAnotherPart() throws IOException {
    Files.write(dir.resolve("train-images-idx3-ubyte"), IdxBytes.images(3));
    Files.write(dir.resolve("train-labels-idx1-ubyte"), IdxBytes.labels(1));
    DataFileException e = assertThrows(DataFileException.class, () -> Mnist.fromDirectory(dir));
    assertTrue(e.getMessage().contains("expected 3 as in"), e.getMessage());
  }
}
