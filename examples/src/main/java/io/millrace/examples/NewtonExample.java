package io.millrace.examples;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;

import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.ops.LoopOptions;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Newton's method for the roots of {@code z^n = 1} from all points of a part of the plane at once:
 * a loop that ends when the data say so, with a loop in it, a function and a choice.
 *
 * <p>A complex number is two tensors, its real and its imaginary part.
 */
final class NewtonExample implements Example {
  private static final String PURPOSE =
      "Draws which root of z^n = 1 Newton's method finds from each point, with nested loops.";
  private static final int[] COLOURS = {0xe8a33d, 0x3d7de8, 0x4db36b, 0xc4508f, 0x7b61c9, 0x8c8c2e};

  @Override
  public String name() {
    return "newton";
  }

  @Override
  public String purpose() {
    return PURPOSE;
  }

  static Options options() {
    Options options =
        new Options("millrace example newton", PURPOSE)
            .integer("roots", 3, 2, COLOURS.length, "n, the number of roots")
            .integer(
                "width", 640, 2, 4096, "pixels of a row; there are three quarters as many rows")
            .integer(
                "turns", 100, 1, 10_000, "after how many turns what has not arrived is given up")
            .flag("flat", "colour by root alone, not also by the number of turns")
            .text("device", "NAME", "any", "where to run, such as cpu:0");
    return PictureFile.option(options, "newton", "the fractal");
  }

  @Override
  public int run(String[] args) throws Exception {
    return options()
        .run(
            args,
            System.out,
            System.err,
            options -> {
              draw(options, PictureFile.of(options, name()));
              return 0;
            });
  }

  private static void draw(OptionValues options, Path file) throws IOException {
    int width = options.smallInteger("width");
    int height = width * 3 / 4;
    Newton newton = Newton.build(options.smallInteger("turns"));
    float[] x = new float[width * height];
    float[] y = new float[width * height];
    for (int i = 0; i < x.length; i++) {
      // Pixels' centres, so that the origin, where the slope is 0, is none of them.
      int row = i / width;
      x[i] = 4 * (i % width + 0.5f) / width - 2;
      y[i] = 1.5f - 3 * (row + 0.5f) / height;
    }
    try (Session session = new Session(newton.graph(), options.session())) {
      Results results =
          session.run(
              List.of(newton.root(), newton.brightness(), newton.turns()),
              Map.of(
                  newton.x(), Tensor.of(x, Shape.of(height, width)),
                  newton.y(), Tensor.of(y, Shape.of(height, width)),
                  newton.roots(), options.smallInteger("roots"),
                  newton.flat(), options.flag("flat")));
      Raster raster = new Raster(width, height, 0);
      int[] root = results.get(0).toIntArray();
      float[] brightness = results.get(1).toFloatArray();
      for (int i = 0; i < root.length; i++) {
        raster.fill(i % width, i / width, 1, 1, shaded(COLOURS[root[i]], brightness[i]));
      }
      try (OutputStream target = Files.newOutputStream(file)) {
        raster.writePng(target);
      }
      System.out.printf(
          "%d x %d points on %s, %d turns: %s%n",
          width, height, session.device(), results.get(2).intValue(), file);
    }
  }

  private static int shaded(int colour, float brightness) {
    int shaded = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      shaded |= Math.round((colour >> shift & 0xff) * brightness) << shift;
    }
    return shaded;
  }

  /**
   * The graph: what is fed, and what it finds.
   *
   * @param x real parts of the points, of any shape, as are the imaginary ones
   * @param roots n, an int32 scalar
   * @param flat whether the brightness is 1 everywhere, a boolean scalar
   * @param root the number of the root found from each point
   * @param brightness less the longer it took, from 1 to 0
   * @param turns after how many all had arrived, or the limit
   */
  record Newton(
      Output x, Output y, Output roots, Output flat, Output root, Output brightness, Output turns) {
    Graph graph() {
      return x.graph();
    }

    static Newton build(int limit) {
      var graph = new Graph();
      var tf = Ops.of(graph);
      TensorType part = TensorType.of(FLOAT32, -1, -1);
      Output x = tf.placeholder(FLOAT32, part.shape(), "x");
      Output y = tf.placeholder(FLOAT32, part.shape(), "y");
      Output roots = tf.placeholder(INT32, Shape.scalar(), "roots");
      Output flat = tf.placeholder(BOOL, Shape.scalar(), "flat");
      GraphFunction product =
          tf.function(
              "product",
              List.of(part, part, part, part),
              z ->
                  List.of(
                      tf.subtract(tf.multiply(z.get(0), z.get(2)), tf.multiply(z.get(1), z.get(3))),
                      tf.add(tf.multiply(z.get(0), z.get(3)), tf.multiply(z.get(1), z.get(2)))));
      Output n = tf.cast(roots, FLOAT32);

      // Each turn moves the points that still move, until none does.
      List<Output> last =
          tf.whileLoop(
              z -> tf.reduceAny(z.get(3)),
              z -> {
                List<Output> step = step(tf, product, z.get(1), z.get(2), roots, n);
                Output length = tf.add(tf.square(step.get(0)), tf.square(step.get(1)));
                Output moving = z.get(3);
                return List.of(
                    tf.add(z.get(0), 1),
                    tf.whereV2(moving, tf.subtract(z.get(1), step.get(0)), z.get(1)),
                    tf.whereV2(moving, tf.subtract(z.get(2), step.get(1)), z.get(2)),
                    tf.logicalAnd(moving, tf.greater(length, 1e-8f)),
                    tf.add(z.get(4), tf.cast(moving, FLOAT32)));
              },
              List.of(tf.constant(0), x, y, tf.equal(x, x), tf.zerosLike(x)),
              LoopOptions.defaults().maximumIterations(limit));

      Output angle = tf.atan2(last.get(2), last.get(1));
      Output turn = tf.round(tf.multiply(angle, tf.multiply(n, 0.5 / Math.PI)));
      Output root = tf.floormod(tf.cast(turn, INT32), roots);
      Output brightness =
          tf.cond(
              flat,
              () -> tf.onesLike(x),
              () -> {
                Output most = tf.reduceMax(last.get(4));
                return tf.sqrt(tf.subtract(1, tf.divide(last.get(4), most)));
              });
      return new Newton(x, y, roots, flat, root, brightness, last.get(0));
    }

    /** Returns what Newton's method takes away from z: {@code (z^n - 1) / (n z^(n-1))}. */
    private static List<Output> step(
        Ops tf, GraphFunction product, Output x, Output y, Output roots, Output n) {
      List<Output> power =
          tf.whileLoop(
              p -> tf.less(p.get(0), tf.subtract(roots, 1)),
              p -> {
                List<Output> next = tf.call(product, p.get(1), p.get(2), x, y);
                return List.of(tf.add(p.get(0), 1), next.get(0), next.get(1));
              },
              List.of(tf.constant(1), x, y));
      List<Output> all = tf.call(product, power.get(1), power.get(2), x, y);
      // Divided by a complex number: multiplied by its conjugate, over the square of its length.
      Output square = tf.add(tf.square(power.get(1)), tf.square(power.get(2)));
      List<Output> quotient =
          tf.call(
              product,
              tf.subtract(all.get(0), 1),
              all.get(1),
              tf.divide(power.get(1), square),
              tf.divide(tf.negative(power.get(2)), square));
      return List.of(tf.divide(quotient.get(0), n), tf.divide(quotient.get(1), n));
    }
  }
}
