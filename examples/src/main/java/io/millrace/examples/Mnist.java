package io.millrace.examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Offers the MNIST digits in two parts, one to train on and one to test with.
 *
 * @param train the digits to train on
 * @param heldOut other digits, which training never sees
 */
record Mnist(Images train, Images heldOut) {
  /** Where {@link #download(Path, MnistDownload.Listener)} gets the files from. */
  static final URI MIRROR = URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/");

  private static final String IMAGES = "images-idx3-ubyte";
  private static final String LABELS = "labels-idx1-ubyte";
  private static final int HELD_OUT_EVERY = 5;

  /**
   * Returns the 10,000 digits that come with the examples: 8,000 to train on, 2,000 held out.
   *
   * <p>These are the database's test file. An image is held out if its index i there has i % 5 ==
   * 4, so that both parts hold the same mixture; the order within a part is that of the file.
   *
   * @throws DataFileException if the files are missing from the class path or damaged
   */
  static Mnist bundled() throws DataFileException {
    Images all = resources("mnist/t10k-" + IMAGES + ".gz", "mnist/t10k-" + LABELS + ".gz");
    int[] train =
        IntStream.range(0, all.count())
            .filter(i -> i % HELD_OUT_EVERY != HELD_OUT_EVERY - 1)
            .toArray();
    int[] heldOut =
        IntStream.range(0, all.count())
            .filter(i -> i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1)
            .toArray();
    return new Mnist(all.select(train), all.select(heldOut));
  }

  /**
   * Reads the database's four files: in the original, 60,000 digits to train on, 10,000 held out.
   *
   * <p>The files are called {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte},
   * {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}; each may end in {@code .gz},
   * and may have a dot before {@code idx} instead of the dash.
   *
   * @throws DataFileException if a file is missing or damaged, or labels and images do not match
   */
  static Mnist fromDirectory(Path dir) throws DataFileException {
    return new Mnist(part(dir, "train"), part(dir, "t10k"));
  }

  /**
   * Downloads those of the four files that the directory lacks, 11.6 MB in all, and reads them.
   *
   * @param dir where to keep the files; created if it does not exist
   * @throws DataFileException if a file cannot be downloaded or is not the original
   * @throws IOException if the directory cannot be written
   */
  static Mnist download(Path dir, MnistDownload.Listener listener) throws IOException {
    return download(MIRROR, dir, listener);
  }

  /**
   * Does what {@link #download(Path, MnistDownload.Listener)} does, from another mirror.
   *
   * @param base the http or https address under which the four files lie
   * @throws DataFileException if a file cannot be downloaded or is not the original
   * @throws IOException if the directory cannot be written
   */
  static Mnist download(URI base, Path dir, MnistDownload.Listener listener) throws IOException {
    new MnistDownload(base, dir, listener).fetch(MnistDownload.ORIGINALS);
    return fromDirectory(dir);
  }

  private static Images part(Path dir, String prefix) throws DataFileException {
    IdxFile images = IdxFile.readImages(find(dir, prefix + "-" + IMAGES));
    IdxFile labels = IdxFile.readLabels(find(dir, prefix + "-" + LABELS));
    return Images.of(images, labels);
  }

  private static Path find(Path dir, String name) throws DataFileException {
    if (!Files.isDirectory(dir)) {
      throw new DataFileException(
          dir.toString(), Files.exists(dir) ? "is not a folder" : "there is no such folder");
    }
    String dotted = name.replace("-idx", ".idx");
    List<String> spellings = List.of(name, name + ".gz", dotted, dotted + ".gz");
    for (String spelling : spellings) {
      Path file = dir.resolve(spelling);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new DataFileException(
        dir.toString(), "holds no " + name + " (looked for " + String.join(", ", spellings) + ")");
  }

  private static Images resources(String images, String labels) throws DataFileException {
    try (InputStream imageStream = resource(images);
        InputStream labelStream = resource(labels)) {
      return Images.of(
          IdxFile.readImages(images, imageStream), IdxFile.readLabels(labels, labelStream));
    } catch (DataFileException e) {
      throw e;
    } catch (IOException e) {
      throw new DataFileException(images, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static InputStream resource(String name) throws DataFileException {
    InputStream stream = Mnist.class.getResourceAsStream(name);
    if (stream == null) {
      throw new DataFileException(name, "is missing from the class path");
    }
    return stream;
  }
}
