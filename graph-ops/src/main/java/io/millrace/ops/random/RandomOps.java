package io.millrace.ops.random;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Sizes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Random numbers: the bits that TensorFlow draws from the same seeds, other ones in every run.
 *
 * <p>A shape is a {@link Shape}, an array of integers or a tensor of them. The seed of an operation
 * comes from its own seed and the graph's, by TensorFlow's rule. Where neither is set, every
 * operation, session and program draws other numbers.
 */
public interface RandomOps extends Building {

  /** Returns float32 numbers from [0, 1). TensorFlow: RandomUniform. */
  default Output uniform(Object shape) {
    return uniform(shape, 0f, 1f, DType.FLOAT32);
  }

  /** Returns float32 numbers from [low, high). TensorFlow: RandomUniform. */
  default Output uniform(Object shape, Object low, Object high) {
    return uniform(shape, low, high, DType.FLOAT32);
  }

  /** Returns numbers from [low, high). TensorFlow: RandomUniform, RandomUniformInt. */
  default Output uniform(Object shape, Object low, Object high, DType dtype) {
    return uniform(shape, low, high, dtype, OptionalLong.empty());
  }

  /** Returns numbers from [low, high) that depend on this seed and the graph's. */
  default Output uniform(Object shape, Object low, Object high, DType dtype, OptionalLong seed) {
    Arguments.requireEach("shape, low, high, dtype, seed", shape, low, high, dtype, seed);
    return scope(
        "random_uniform",
        () -> {
          Ops tf = tf();
          Output dims = dims(shape);
          Output least = tf.operand("random_uniform", low, dtype);
          Output bound = tf.operand("random_uniform", high, dtype);
          Seeds seeds = Seeds.of(graph(), seed);
          if (dtype.isInteger()) {
            return tf.result(
                new RandomUniformInt(dtype, seeds.seed(), seeds.seed2()), dims, least, bound);
          }
          Output drawn = tf.result(draw(Primitive.Random.Distribution.UNIFORM, dtype, seeds), dims);
          return tf.add(tf.multiply(drawn, tf.subtract(bound, least)), least);
        });
  }

  /** Returns float32 numbers with mean 0 and standard deviation 1: RandomStandardNormal. */
  default Output normal(Object shape) {
    return normal(shape, 0f, 1f, DType.FLOAT32);
  }

  /** Returns float32 numbers from a normal distribution. TensorFlow: RandomStandardNormal. */
  default Output normal(Object shape, Object mean, Object deviation) {
    return normal(shape, mean, deviation, DType.FLOAT32);
  }

  /** Returns numbers from a normal distribution. TensorFlow: RandomStandardNormal. */
  default Output normal(Object shape, Object mean, Object deviation, DType dtype) {
    return normal(shape, mean, deviation, dtype, OptionalLong.empty());
  }

  /** Returns numbers from a normal distribution that depend on this seed and the graph's. */
  default Output normal(
      Object shape, Object mean, Object deviation, DType dtype, OptionalLong seed) {
    return scaled(
        "random_normal", Primitive.Random.Distribution.NORMAL, shape, mean, deviation, dtype, seed);
  }

  /**
   * Returns float32 numbers from a normal distribution of which those further than two standard
   * deviations from the mean are drawn again. TensorFlow: TruncatedNormal.
   */
  default Output truncatedNormal(Object shape, Object mean, Object deviation) {
    return truncatedNormal(shape, mean, deviation, DType.FLOAT32, OptionalLong.empty());
  }

  /** Returns truncated normal numbers that depend on this seed and the graph's. */
  default Output truncatedNormal(
      Object shape, Object mean, Object deviation, DType dtype, OptionalLong seed) {
    return scaled(
        "truncated_normal",
        Primitive.Random.Distribution.TRUNCATED_NORMAL,
        shape,
        mean,
        deviation,
        dtype,
        seed);
  }

  private Output scaled(
      String name,
      Primitive.Random.Distribution distribution,
      Object shape,
      Object mean,
      Object deviation,
      DType dtype,
      OptionalLong seed) {
    Arguments.requireEach(
        "shape, mean, deviation, dtype, seed", shape, mean, deviation, dtype, seed);
    return scope(
        name,
        () -> {
          Ops tf = tf();
          Output dims = dims(shape);
          Output centre = tf.operand(name, mean, dtype);
          Output spread = tf.operand(name, deviation, dtype);
          Seeds seeds = Seeds.of(graph(), seed);
          Output drawn = tf.result(draw(distribution, dtype, seeds), dims);
          return tf.add(tf.multiply(drawn, spread), centre);
        });
  }

  private static Op draw(Primitive.Random.Distribution distribution, DType dtype, Seeds seeds) {
    return new RandomDraw(distribution, dtype, seeds.seed(), seeds.seed2());
  }

  private Output dims(Object shape) {
    return tf().sizes(shape);
  }

  /** Numbers of a fixed distribution in the shape that the input gives. */
  record RandomDraw(Primitive.Random.Distribution distribution, DType dtype, long seed, long seed2)
      implements Op {
    private static final Signature SIGNATURE =
        Signature.of("shape: T in index")
            .told("distribution")
            .optional("seed", 0L)
            .optional("seed2", 0L);

    @Override
    public String type() {
      return switch (distribution) {
        case UNIFORM -> "RandomUniform";
        case NORMAL -> "RandomStandardNormal";
        case TRUNCATED_NORMAL -> "TruncatedNormal";
        case BITS -> "RandomBits";
      };
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(dtype.isFloating(), "draws floating numbers, not %s", dtype);
      return List.of(new TensorType(dtype, shape(in)));
    }

    /** Returns the shape that input 0 holds. */
    static Shape shape(Inference in) {
      Shape rank = in.requireRank(0, 1);
      Optional<Literal> sizes = in.constant(0);
      if (sizes.isPresent()) {
        return Sizes.read(in, sizes.get());
      }
      return in.ofRank(rank.dim(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is drawn at random");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, draw(to, distribution, to.outputType(0), new Seeds(seed, seed2)));
    }

    /** Draws the operation's next numbers. */
    static Value draw(
        Lowering to, Primitive.Random.Distribution distribution, TensorType type, Seeds seeds) {
      Value counter = to.reserve(Primitive.Random.blocks(type.shape().size()), seeds.areFixed());
      return to.emit(
          new Primitive.Random(distribution, type.dtype(), seeds.seed(), seeds.seed2()),
          List.of(counter),
          type);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Primitive.Random.Distribution each :
          List.of(
              Primitive.Random.Distribution.UNIFORM,
              Primitive.Random.Distribution.NORMAL,
              Primitive.Random.Distribution.TRUNCATED_NORMAL)) {
        examples.add(Example.accepts(new RandomDraw(each, DType.FLOAT32, 1, 2)).ints(2, 3));
        examples.add(Example.accepts(new RandomDraw(each, DType.FLOAT64, 1, 2)).longs(5));
        examples.add(
            Example.rejects(
                    new RandomDraw(each, DType.INT32, 1, 2), "draws floating numbers, not int32")
                .ints(2, 3));
        examples.add(
            Example.rejects(new RandomDraw(each, DType.FLOAT32, 1, 2), "must be a vector of sizes")
                .ints(2, -3));
      }
      return examples;
    }
  }

  /** Integers from [input 1, input 2) in the shape that input 0 gives. */
  record RandomUniformInt(DType dtype, long seed, long seed2) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("shape: T in index", "minval: Tout", "maxval: Tout")
            .rename("dtype", "Tout")
            .optional("seed", 0L)
            .optional("seed2", 0L);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(
          dtype == DType.INT32 || dtype == DType.INT64, "draws int32 or int64, not %s", dtype);
      for (int bound = 1; bound <= 2; bound++) {
        in.require(in.dtype(bound) == dtype, "bound %s must be %s", in.type(bound), dtype);
        in.requireRank(bound, 0);
      }
      return List.of(new TensorType(dtype, RandomDraw.shape(in)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is drawn at random");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      Value low = to.input(1);
      Value high = to.input(2);
      to.check(
          to.map(low, high, Scalar::lt),
          new Primitive.Check("the least number must be less than the bound above it", 1),
          List.of(low, high));
      Value bits =
          RandomDraw.draw(
              to, Primitive.Random.Distribution.BITS, to.outputType(0), new Seeds(seed, seed2));
      to.output(
          0,
          to.map(
              to.outputType(0).shape(),
              List.of(bits, low, high),
              s -> dtype == DType.INT32 ? narrow(s) : wide(s)));
    }

    /** Takes unsigned 32-bit numbers modulo the range; all of it fits into a long. */
    private static Scalar narrow(List<Scalar> s) {
      Scalar low = s.get(1).cast(DType.INT64);
      Scalar range = s.get(2).cast(DType.INT64).minus(low);
      Scalar bits = s.get(0).cast(DType.INT64);
      Scalar unsigned = bits.apply(BinaryFn.FLOOR_MOD, bits.constant(0x1p32));
      return unsigned.apply(BinaryFn.FLOOR_MOD, range).plus(low).cast(DType.INT32);
    }

    /** Takes unsigned 64-bit numbers modulo the range, both held in signed longs. */
    private static Scalar wide(List<Scalar> s) {
      Scalar bits = s.get(0);
      Scalar low = s.get(1);
      Scalar range = s.get(2).minus(low);
      Scalar zero = bits.constant(0);
      Scalar least = bits.constant(-0x1p63);
      Scalar beyond = range.lt(zero);
      Scalar divisor = beyond.select(range.constant(1), range);
      Scalar half = negated(least.apply(BinaryFn.FLOOR_MOD, divisor), divisor);
      Scalar signed = bits.apply(BinaryFn.FLOOR_MOD, divisor);
      Scalar small = bits.lt(zero).select(sum(signed, sum(half, half, divisor), divisor), signed);
      Scalar large = bits.plus(least).lt(range.plus(least)).select(bits, bits.minus(range));
      return beyond.select(large, small).plus(low);
    }

    /** Returns -x modulo a divisor, for x in [0, divisor). */
    private static Scalar negated(Scalar x, Scalar divisor) {
      return x.eq(x.constant(0)).select(x, divisor.minus(x));
    }

    /** Returns x + y modulo a divisor, for both in [0, divisor), without overflow. */
    private static Scalar sum(Scalar x, Scalar y, Scalar divisor) {
      Scalar rest = divisor.minus(y);
      return x.ge(rest).select(x.minus(rest), x.plus(y));
    }

    static List<Example> examples() {
      Op op = new RandomUniformInt(DType.INT32, 1, 2);
      return List.of(
          Example.accepts(op).ints(2, 3).scalar(DType.INT32, -5).scalar(DType.INT32, 7),
          Example.accepts(new RandomUniformInt(DType.INT64, 1, 2))
              .ints(9)
              .scalar(DType.INT64, -0x1p62)
              .scalar(DType.INT64, 0x1p62),
          Example.rejects(op, "the least number must be less than the bound")
              .ints(2)
              .scalar(DType.INT32, 7)
              .scalar(DType.INT32, 7),
          Example.rejects(
                  new RandomUniformInt(DType.UINT8, 1, 2), "draws int32 or int64, not uint8")
              .ints(2)
              .scalar(DType.UINT8, 0)
              .scalar(DType.UINT8, 7));
    }
  }
}
