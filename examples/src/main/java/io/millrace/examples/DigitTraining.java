package io.millrace.examples;

import io.millrace.Session;
import io.millrace.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Trains a digit classifier by its options, tests it, and shows what it learnt. */
final class DigitTraining {
  private static final int TEST_BATCH = 500;
  private static final int SAMPLES = 40;

  private final OptionValues options;
  private final boolean padded;
  private final PrintStream out = System.out;
  private final String title;
  private final Path picture;
  private final Mnist data;
  private final Random random;

  /**
   * Prepares a training: reads the digits.
   *
   * @param title the heading, and the file name unless one is given, of the picture of digits
   * @param padded whether images are 32 pixels wide, with an empty border, instead of 28; those
   *     trained on are then moved about by up to one pixel
   * @throws DataFileException if a file is missing or damaged
   * @throws UsageException if the picture cannot be written where it is wanted
   */
  DigitTraining(OptionValues options, String title, boolean padded)
      throws IOException, UsageException {
    this.options = options;
    this.title = title;
    this.padded = padded;
    picture = PictureFile.of(options, title);
    data = data();
    random = new Random(options.integer("seed"));
  }

  /** Returns the number of steps that the training will take. */
  int steps() {
    int batch = options.smallInteger("batch");
    return options.smallInteger("epochs") * ((data.train().count() + batch - 1) / batch);
  }

  /** Declares the options that all digit classifiers have. */
  static Options options(String name, String purpose, int epochs, int batch) {
    Options options =
        new Options("millrace example " + name, purpose)
            .integer("epochs", epochs, 1, 10_000, "how often to go through the training images")
            .integer("batch", batch, 1, 8_000, "images per step")
            .integer(
                "seed", 1, 0, Integer.MAX_VALUE, "seed of the weights and of the order of images")
            .path("data", "DIR", "read the full MNIST files from DIR instead of the digits shipped")
            .flag(
                "download",
                "fetch the full MNIST files first, into the DIR of --data or else mnist")
            .text("device", "NAME", "any", "where to run, such as cpu:0");
    return PictureFile.option(options, name, "sample digits");
  }

  /** Trains, tests and reports; closes with the line {@code test accuracy 0.9xxx}. */
  void run(DigitClassifier net) throws IOException {
    int epochs = options.smallInteger("epochs");
    out.printf(
        Locale.ROOT,
        "%,d digits to train on, %,d held out%n",
        data.train().count(),
        data.heldOut().count());
    try (Session session = new Session(net.images().graph(), options.session())) {
      out.println("running on " + session.device());
      session.run(net.initializer());
      Progress progress = Progress.toStandardOutput(epochs, data.train().count());
      for (int epoch = 0; epoch < epochs; epoch++) {
        progress.startEpoch();
        double loss = trainEpoch(session, net, data.train(), epoch, progress);
        long[] predicted = predict(session, net, data.heldOut());
        progress.endEpoch(loss, tabulate(data.heldOut(), predicted).accuracy());
      }
      report(data.heldOut(), predict(session, net, data.heldOut()));
    }
  }

  private Mnist data() throws IOException {
    Path folder = options.path("data").orElse(Path.of("mnist"));
    if (options.flag("download")) {
      return Mnist.download(
          folder, (file, done, total) -> out.printf("%s: %,d of %,d bytes%n", file, done, total));
    }
    return options.path("data").isPresent() ? Mnist.fromDirectory(folder) : Mnist.bundled();
  }

  private double trainEpoch(
      Session session, DigitClassifier net, Images images, int epoch, Progress progress) {
    int[] order = images.shuffledOrder(options.integer("seed") * 1_000_003 + epoch);
    int size = options.smallInteger("batch");
    double sum = 0;
    for (int from = 0; from < order.length; from += size) {
      int count = Math.min(size, order.length - from);
      float[] pixels = pixels(count);
      long[] labels = new long[count];
      if (padded) {
        images.copyMovedBatch(order, from, count, pixels, labels, random);
      } else {
        images.copyBatch(order, from, count, pixels, labels);
      }
      List<Tensor> results =
          session.run(
              List.of(net.loss(), net.train()), Map.of(net.images(), pixels, net.labels(), labels));
      sum += results.get(0).floatValue() * count;
      progress.update(from + count, sum / (from + count));
    }
    return sum / order.length;
  }

  private long[] predict(Session session, DigitClassifier net, Images images) {
    int[] order = new int[images.count()];
    Arrays.setAll(order, i -> i);
    long[] predicted = new long[order.length];
    for (int from = 0; from < order.length; from += TEST_BATCH) {
      int count = Math.min(TEST_BATCH, order.length - from);
      float[] pixels = pixels(count);
      if (padded) {
        images.copyPaddedBatch(order, from, count, pixels, new long[count]);
      } else {
        images.copyBatch(order, from, count, pixels, new long[count]);
      }
      long[] part = session.run(net.predictions(), Map.of(net.images(), pixels)).toLongArray();
      System.arraycopy(part, 0, predicted, from, part.length);
    }
    return predicted;
  }

  private float[] pixels(int count) {
    return new float[count * (padded ? Images.PADDED_PIXELS : Images.PIXELS)];
  }

  private static ConfusionTable tabulate(Images images, long[] predicted) {
    ConfusionTable table = new ConfusionTable();
    for (int i = 0; i < predicted.length; i++) {
      table.add(images.label(i), predicted[i]);
    }
    return table;
  }

  private void report(Images images, long[] predicted) throws IOException {
    ConfusionTable table = tabulate(images, predicted);
    out.println();
    out.print(table);
    DigitSheet sheet = new DigitSheet(title);
    sampleOf(images, predicted).forEach(i -> sheet.add(images, i, (int) predicted[i]));
    sheet.write(picture);
    out.println("sample digits with predictions: " + picture);
    out.printf(Locale.ROOT, "test accuracy %.4f%n", table.accuracy());
  }

  /** Returns the digits to show: up to half of them wrong ones, then the first right ones. */
  private static List<Integer> sampleOf(Images images, long[] predicted) {
    List<Integer> wrong = new ArrayList<>();
    List<Integer> right = new ArrayList<>();
    for (int i = 0; i < predicted.length; i++) {
      (predicted[i] == images.label(i) ? right : wrong).add(i);
    }
    List<Integer> sample = new ArrayList<>(wrong.subList(0, Math.min(SAMPLES / 2, wrong.size())));
    sample.addAll(right.subList(0, Math.min(SAMPLES - sample.size(), right.size())));
    return sample;
  }
}
