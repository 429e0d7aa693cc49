package io.millrace.cuda.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cuda.StepRunner;
import io.millrace.cuda.driver.Driver;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds every scalar function of every type to the reference, special values above all. */
@Tag("kernels")
class ScalarSourceTest {
  private static final Set<BinaryFn> DIVISIONS =
      EnumSet.of(BinaryFn.DIV, BinaryFn.FLOOR_DIV, BinaryFn.FLOOR_MOD, BinaryFn.TRUNCATE_MOD);

  /** What the processor's library may be off where the device's is compared on the device. */
  private static final double ULPS = 3;

  private record Sample(StepCase run, List<String> names, boolean exact) {}

  @Test
  void everyFunctionOfEveryTypeEqualsTheReference() {
    List<Sample> samples = new ArrayList<>();
    for (DType type : DType.ofElements()) {
      samples.addAll(unary(type));
      samples.addAll(binary(type));
      samples.add(casts(type));
    }
    Driver driver = StepRunner.driver();
    StepRunner.prepare(samples.stream().map(Sample::run).toList(), driver);
    for (Sample sample : samples) {
      List<Literal> wanted = sample.run.wanted();
      StepRunner.Result result = StepRunner.run(sample.run, driver, false);
      assertEquals(-1, result.status(), sample.run.toString());
      for (int i = 0; i < wanted.size(); i++) {
        compare(sample, i, wanted.get(i), result.outputs().get(i));
      }
    }
  }

  private static List<Sample> unary(DType type) {
    List<Sample> samples = new ArrayList<>();
    for (boolean exact : new boolean[] {false, true}) {
      List<UnaryFn> functions =
          Set.of(UnaryFn.values()).stream()
              .filter(fn -> fn.accepts(type) && isExact(fn) == exact)
              .sorted()
              .toList();
      if (!functions.isEmpty()) {
        Literal values = values(type);
        samples.add(
            sample(
                List.of(type),
                List.of(values),
                Shape.of(values.size()),
                List.of(View.of(0, 1)),
                p -> functions.stream().map(fn -> p.get(0).apply(fn)).toList(),
                functions.stream().map(UnaryFn::name).toList(),
                exact));
      }
    }
    return samples;
  }

  private static boolean isExact(UnaryFn fn) {
    return switch (fn) {
      case NEG, ABS, SIGN, SQRT, FLOOR, CEIL, RINT, NOT, IS_NAN, IS_FINITE -> true;
      default -> false;
    };
  }

  private static List<Sample> binary(DType type) {
    List<Sample> samples = new ArrayList<>();
    for (boolean exact : new boolean[] {false, true}) {
      List<BinaryFn> total = new ArrayList<>();
      List<BinaryFn> divisions = new ArrayList<>();
      for (BinaryFn fn : BinaryFn.values()) {
        boolean rounded = fn == BinaryFn.ATAN2 || (fn == BinaryFn.POW && type.isFloating());
        if (fn.accepts(type) && rounded != exact) {
          boolean partial = type.isInteger() && (DIVISIONS.contains(fn) || fn == BinaryFn.POW);
          (partial ? divisions : total).add(fn);
        }
      }
      Literal x = values(type);
      for (List<BinaryFn> functions : List.of(total, divisions)) {
        Literal y = functions == total ? x : positive(x);
        if (!functions.isEmpty()) {
          samples.add(
              sample(
                  List.of(type, type),
                  List.of(x, y),
                  Shape.of(x.size(), y.size()),
                  List.of(View.of(0, 1, 0), View.of(0, 0, 1)),
                  p -> functions.stream().map(fn -> p.get(0).apply(fn, p.get(1))).toList(),
                  functions.stream().map(BinaryFn::name).toList(),
                  exact));
        }
      }
      if (exact && type.isInteger()) {
        List<BinaryFn> signed = divisions.stream().filter(DIVISIONS::contains).toList();
        Literal y = nonzero(x);
        samples.add(
            sample(
                List.of(type, type),
                List.of(x, y),
                Shape.of(x.size(), y.size()),
                List.of(View.of(0, 1, 0), View.of(0, 0, 1)),
                p -> signed.stream().map(fn -> p.get(0).apply(fn, p.get(1))).toList(),
                signed.stream().map(BinaryFn::name).toList(),
                true));
      }
    }
    return samples;
  }

  /** Converts to every type, and chooses. */
  private static Sample casts(DType type) {
    Literal values = values(type);
    List<DType> targets = DType.ofElements();
    return sample(
        List.of(type),
        List.of(values),
        Shape.of(values.size()),
        List.of(View.of(0, 1)),
        p -> {
          List<Scalar> results =
              new ArrayList<>(targets.stream().map(t -> p.get(0).cast(t)).toList());
          results.add(p.get(0).cast(DType.BOOL).select(p.get(0), p.get(0).constant(1)));
          return results;
        },
        List.of("to f32", "to f64", "to i32", "to i64", "to u8", "to bool", "select"),
        true);
  }

  private static Sample sample(
      List<DType> types,
      List<Literal> inputs,
      Shape domain,
      List<View> views,
      Function<List<Scalar>, List<Scalar>> body,
      List<String> names,
      boolean exact) {
    ScalarBuilder builder = new ScalarBuilder();
    ScalarFunction function =
        builder.build(body.apply(types.stream().map(builder::parameter).toList()));
    TensorType[] outputs = new TensorType[function.results().size()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new TensorType(function.resultType(i), domain);
    }
    return new Sample(
        StepCase.of(new Primitive.Map(function, domain, views), inputs, outputs), names, exact);
  }

  private static void compare(Sample sample, int result, Literal wanted, Literal got) {
    Literal x = sample.run.inputs().get(0);
    int columns = (int) (wanted.size() / x.size());
    for (long i = 0; i < wanted.size(); i++) {
      double w = wanted.getDouble(i);
      double g = got.getDouble(i);
      double ulp = wanted.type().dtype() == DType.FLOAT32 ? Math.ulp((float) w) : Math.ulp(w);
      boolean same =
          wanted.type().dtype().isFloating()
              ? Double.compare(w, g) == 0
                  || (!sample.exact && w != 0 && Math.abs(w - g) <= ULPS * ulp)
              : wanted.getLong(i) == got.getLong(i);
      String about =
          String.format(
              "%s of %s %s, %s: %s instead of %s",
              sample.names.get(result),
              x.type().dtype(),
              x.getDouble(i / columns),
              columns > 1 ? "" + sample.run.inputs().get(1).getDouble(i % columns) : "",
              g,
              w);
      assertTrue(same, about);
    }
  }

  private static Literal positive(Literal values) {
    return chosen(values, v -> v > 0);
  }

  private static Literal nonzero(Literal values) {
    return chosen(values, v -> v != 0);
  }

  private static Literal chosen(Literal values, java.util.function.LongPredicate wanted) {
    return literal(values.type().dtype(), LongStream.of(values.toLongs()).filter(wanted).toArray());
  }

  private static Literal literal(DType type, long[] values) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(type, values.length));
    for (int i = 0; i < values.length; i++) {
      builder.setLong(i, values[i]);
    }
    return builder.build();
  }

  /** Returns the special values of a type, their neighbours, and some ordinary ones. */
  private static Literal values(DType type) {
    Random random = new Random(7);
    return switch (type) {
      case FLOAT32, FLOAT64 -> floating(type, random);
      case INT32 -> literal(type, integers(Integer.MIN_VALUE, Integer.MAX_VALUE, random));
      case INT64 -> literal(type, integers(Long.MIN_VALUE, Long.MAX_VALUE, random));
      case UINT8 -> literal(type, new long[] {0, 1, 2, 3, 7, 8, 9, 100, 127, 128, 254, 255});
      case BOOL -> literal(type, new long[] {0, 1});
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(type + " has no elements");
    };
  }

  private static long[] integers(long least, long most, Random random) {
    LongStream special =
        LongStream.of(0, 1, 2, 3, 7, 31, 32, 63, 64, 65, 255, 256, 1L << 24 | 1, most, most - 1);
    LongStream all =
        LongStream.concat(special.flatMap(v -> LongStream.of(v, -v)), LongStream.of(least));
    return LongStream.concat(all, random.longs(5, least / 2, most / 2)).distinct().toArray();
  }

  private static Literal floating(DType type, Random random) {
    boolean single = type == DType.FLOAT32;
    DoubleStream positive =
        DoubleStream.of(
            0,
            single ? Float.MIN_VALUE : Double.MIN_VALUE,
            single ? Float.MIN_NORMAL : Double.MIN_NORMAL,
            1e-8,
            0.25,
            0.5,
            0.99,
            1,
            1 + (single ? Math.ulp(1f) : Math.ulp(1.0)),
            1.5,
            2,
            2.5,
            3,
            4.5,
            9,
            27,
            88,
            255.5,
            256,
            1e5,
            2147483647,
            2147483648.0,
            9.3e18,
            1e30,
            single ? Float.MAX_VALUE : Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NaN);
    double[] values =
        DoubleStream.concat(
                positive.flatMap(v -> DoubleStream.of(v, -v)), random.doubles(8, -10, 10))
            .toArray();
    Literal.Builder builder = new Literal.Builder(TensorType.of(type, values.length));
    for (int i = 0; i < values.length; i++) {
      builder.setDouble(i, values[i]);
    }
    return builder.build();
  }
}
