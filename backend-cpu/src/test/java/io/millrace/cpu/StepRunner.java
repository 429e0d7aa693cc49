package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;

/** Runs single steps on the CPU and compares them with the reference. */
final class StepRunner {
  private static final List<WorkerPool> POOLS =
      List.of(new WorkerPool(1), new WorkerPool(2), new WorkerPool(3));

  private StepRunner() {}

  /** Returns the whole numbers of a text. */
  static long[] numbers(String text, String separator) {
    return Pattern.compile(separator).splitAsStream(text).mapToLong(Long::parseLong).toArray();
  }

  /** Reads axes {@code size/stride/dilation/padBefore/padAfter}, divided by spaces. */
  static List<WindowAxis> axes(String text) {
    return Pattern.compile(" ")
        .splitAsStream(text)
        .map(axis -> numbers(axis, "/"))
        .map(v -> new WindowAxis(v[0], v[1], v[2], v[3], v[4]))
        .toList();
  }

  /** Returns small whole numbers or, for floating types, numbers with one exact decimal bit. */
  static Literal numbers(TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, random.nextInt(9) - 4 + (type.dtype().isFloating() ? 0.5 : 0));
    }
    return builder.build();
  }

  /** Returns normally distributed numbers. */
  static Literal normal(TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, random.nextGaussian());
    }
    return builder.build();
  }

  /** Runs a step with one to three workers, twice each; all must agree to the last bit. */
  static Literal run(Primitive primitive, List<Literal> inputs, TensorType output) {
    return run(primitive, inputs, output, List.of(Spans.shared()));
  }

  /** Runs a step with each form of loops too. */
  static Literal run(
      Primitive primitive, List<Literal> inputs, TensorType output, List<Spans> forms) {
    Optional<Literal> first = Optional.empty();
    for (Spans spans : forms) {
      for (WorkerPool pool : POOLS) {
        Literal value = run(primitive, inputs, output, spans, pool);
        String run = spans.mode() + " with " + pool.workers() + " workers: " + primitive;
        assertTrue(first.orElse(value).equals(value), run);
        first = Optional.of(value);
      }
    }
    return first.orElseThrow();
  }

  private static Literal run(
      Primitive primitive, List<Literal> inputs, TensorType output, Spans spans, WorkerPool pool) {
    List<Place> places = new ArrayList<>();
    long size = 64;
    for (Literal input : inputs) {
      places.add(new Place(Place.Space.ARENA, 0, size, input.type()));
      size += (input.type().bytes() + 63) / 64 * 64;
    }
    Place result = new Place(Place.Space.ARENA, 0, size, output);
    size += (output.bytes() + 63) / 64 * 64;
    Step step = new Step(primitive, places, List.of(result), "test");
    Kernel kernel = KernelFactory.of(step, spans);
    try (Frame frame = new Frame(size, new HostMemory[0], pool, kernel.scratchBytes())) {
      for (int i = 0; i < inputs.size(); i++) {
        ByteBuffer bytes = inputs.get(i).bytes();
        frame
            .window(places.get(i), 0)
            .put(Frame.position(places.get(i), 0), bytes, 0, bytes.remaining());
      }
      Literal first = new Literal.Builder(output).build();
      for (int time = 0; time < 2; time++) {
        for (int w = 0; w < pool.workers(); w++) {
          dirty(frame.scratch(w), 0, kernel.scratchBytes());
        }
        dirty(frame.memory(result), result.offset(), output.bytes());
        kernel.run(frame);
        byte[] bytes = new byte[Math.toIntExact(output.bytes())];
        frame.window(result, 0).get(Frame.position(result, 0), bytes);
        Literal value = Literal.wrap(output, bytes);
        assertTrue(time == 0 || first.equals(value), () -> "the second run of " + primitive);
        first = value;
      }
      return first;
    }
  }

  private static void dirty(HostMemory memory, long offset, long bytes) {
    byte[] dirt = new byte[Math.toIntExact(bytes)];
    Arrays.fill(dirt, (byte) 0x7F);
    memory.window(offset).put((int) (offset % HostMemory.WINDOW), dirt);
  }

  /** Runs a step and compares it with the reference, to rounding. */
  static void check(Primitive primitive, List<Literal> inputs, TensorType output) {
    Literal wanted = ReferenceInterpreter.evaluate(primitive, inputs, List.of(output)).get(0);
    Literal got = run(primitive, inputs, output);
    double tolerance =
        output.dtype() == DType.FLOAT32 ? 2e-5 : output.dtype() == DType.FLOAT64 ? 1e-13 : 0;
    double scale = 1;
    for (long i = 0; i < wanted.size(); i++) {
      double w = Math.abs(wanted.getDouble(i));
      scale = w > scale && w < Double.POSITIVE_INFINITY ? w : scale;
    }
    for (long i = 0; i < wanted.size(); i++) {
      String where = primitive + " of " + inputs.get(0).type() + ", element " + i;
      if (output.dtype().isFloating()) {
        double w = wanted.getDouble(i);
        double g = got.getDouble(i);
        if (Double.isNaN(w) || Double.isInfinite(w)) {
          assertEquals(w, g, where);
        } else {
          assertEquals(w, g, tolerance * scale, where);
        }
      } else {
        assertEquals(wanted.getLong(i), got.getLong(i), where);
      }
    }
  }
}
