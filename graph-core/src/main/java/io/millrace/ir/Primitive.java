package io.millrace.ir;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The closed set of things that a device can do.
 *
 * <p>Every operation lowers to these, and every backend implements all of them, for every element
 * type that the comments allow. Tensors are dense and row-major; all shapes are known. A primitive
 * is its record, whose methods say what others need to know of it, and a method in each {@link
 * PrimitiveVisitor}.
 */
public sealed interface Primitive
    permits Primitive.Source,
        Primitive.Renaming,
        Primitive.LoopNest,
        Primitive.Rearranging,
        Primitive.Contract,
        Primitive.Convolve,
        Primitive.Pool,
        Primitive.Random,
        Primitive.Check,
        Control {
  /** Calls the visitor's method for this primitive. */
  <R> R accept(PrimitiveVisitor<R> visitor);

  /** Returns whether this only says where a tensor is, so that no device does anything for it. */
  default boolean isPlace() {
    return this instanceof Source || this instanceof Renaming;
  }

  /** Returns whether the data may make this fail: a check, or a function that fails on some. */
  default boolean mayFail() {
    return false;
  }

  /**
   * Returns whether the compiler computes this itself where small inputs are constants: a function
   * of its inputs alone, whose work grows no faster than they and its outputs or its domain do.
   */
  default boolean isFoldable() {
    return this instanceof Renaming || this instanceof LoopNest || this instanceof Rearranging;
  }

  /** Returns whether an output may lie where an input of this type does, written over it. */
  default boolean mayOverwrite(int input, int output, TensorType type) {
    return false;
  }

  /** Returns the programs inside. */
  default List<Program> programs() {
    return List.of();
  }

  /** Returns an estimate of the work. */
  default Cost cost(List<TensorType> inputs, List<TensorType> outputs) {
    return accept(new CostVisitor(inputs, outputs));
  }

  /** A tensor that is there when a run begins: no inputs, one output. */
  sealed interface Source extends Primitive {}

  /** The bytes of its input under another type: one input, one output. */
  sealed interface Renaming extends Primitive {}

  /** A scalar function of operands that are walked over a domain. */
  sealed interface LoopNest extends Primitive {
    /** Returns what is computed at every point. */
    ScalarFunction function();

    /** Returns the extents that are walked. */
    Shape domain();

    /** Returns how each input is walked; it is the function's parameter of the same position. */
    List<View> views();

    @Override
    default boolean mayFail() {
      return function().mayFail();
    }
  }

  /** Brings elements to other places, or combines them along an axis in order. */
  sealed interface Rearranging extends Primitive {}

  /** The tensor fed at this position of the program's feeds. */
  record Feed(int slot) implements Source {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.feed(this);
    }
  }

  /** A tensor known when the program was made. */
  record Constant(Literal literal) implements Source {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.constant(this);
    }
  }

  /** The value of a resource as the run finds it. */
  record Read(Resource resource) implements Source {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.read(this);
    }
  }

  /** The same elements in another shape of equal size. */
  record Reshape() implements Renaming {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.reshape(this);
    }
  }

  /**
   * The same bytes, little-endian, as elements of another type and in another shape of equal bytes.
   * Any type but booleans.
   */
  record Bitcast() implements Renaming {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.bitcast(this);
    }
  }

  /**
   * Computes a scalar function at every point of a domain.
   *
   * <p>Input i is walked through {@code views.get(i)} and is the function's parameter i; output j
   * holds its result j and has the domain's shape.
   */
  record Map(ScalarFunction function, Shape domain, List<View> views) implements LoopNest {
    public Map {
      views = List.copyOf(views);
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.map(this);
    }

    @Override
    public boolean mayOverwrite(int input, int output, TensorType type) {
      return views.get(input).isDense(domain) && type.shape().size() == domain.size();
    }
  }

  /**
   * Combines a scalar function's values along the last axes of a domain.
   *
   * <p>The domain's first {@code kept} axes are the shape of the output, the others are reduced.
   * Input i is walked through {@code views.get(i)} and is the function's parameter i; the function
   * has one result. The element order of the reduction, and so its rounding, is the backend's
   * choice but always the same on one device.
   */
  record Reduce(
      Reduction reduction, ScalarFunction function, Shape domain, int kept, List<View> views)
      implements LoopNest {
    public Reduce {
      views = List.copyOf(views);
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.reduce(this);
    }
  }

  /**
   * Batched matrix product: inputs {@code [b,m,k]} and {@code [b,k,n]} (each with its last two axes
   * swapped if transposed), output {@code [b,m,n]}. A batch of 1 is used for every product. Numeric
   * types.
   */
  record Contract(boolean transposeA, boolean transposeB) implements Primitive {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.contract(this);
    }
  }

  /**
   * Convolution (correlation, as in all of deep learning) over one or more spatial axes.
   *
   * <p>Data are {@code [n, spatial..., c]}, filters {@code [spatial..., cIn/groups, cOut]}, with
   * one {@link WindowAxis} a spatial axis. Output channels are divided into {@code groups}
   * consecutive parts, each seeing its own part of the input channels. Inputs: FORWARD (data,
   * filter); of the gradients, DATA_GRADIENT (filter, gradient of the output) and FILTER_GRADIENT
   * (data, gradient of the output). Floating types.
   */
  record Convolve(Kind kind, List<WindowAxis> axes, int groups) implements Primitive {
    public Convolve {
      axes = List.copyOf(axes);
    }

    /** What is computed from what. */
    public enum Kind {
      FORWARD,
      DATA_GRADIENT,
      FILTER_GRADIENT;

      /** Returns which of two inputs and the output is the data. */
      public <T> T data(List<T> inputs, T output) {
        return this == DATA_GRADIENT ? output : inputs.get(0);
      }

      /** Returns which of two inputs and the output is the filter. */
      public <T> T filter(List<T> inputs, T output) {
        return this == FILTER_GRADIENT ? output : inputs.get(this == FORWARD ? 1 : 0);
      }

      /** Returns which of two inputs and the output is the result, or what arrives at it. */
      public <T> T result(List<T> inputs, T output) {
        return this == FORWARD ? output : inputs.get(1);
      }
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.convolve(this);
    }
  }

  /**
   * Pooling over windows of {@code [n, spatial..., c]}; padding counts as absent.
   *
   * <p>Inputs: MAX and AVERAGE (data); MAX_GRADIENT (data, gradient of the output), which sends
   * each window's gradient to its first greatest element; AVERAGE_GRADIENT (gradient of the
   * output), the output having the data's shape; MAX_GATHER (data, tensor of the data's shape),
   * which picks from the second, for each window, the element at the place of the first's first
   * greatest element. Floating types.
   *
   * <p>NaN counts as greater than every number, so a window that holds one has it as its maximum. A
   * window entirely in the padding has the maximum negative infinity, the average 0, gathers 0, and
   * sends its gradient nowhere.
   */
  record Pool(Kind kind, List<WindowAxis> axes) implements Primitive {
    public Pool {
      axes = List.copyOf(axes);
    }

    /** What is computed from what. */
    public enum Kind {
      MAX,
      AVERAGE,
      MAX_GRADIENT,
      AVERAGE_GRADIENT,
      MAX_GATHER;

      /** Returns whether elements of the data are made from those of windows. */
      public boolean isGradient() {
        return this == MAX_GRADIENT || this == AVERAGE_GRADIENT;
      }

      /** Returns which of the inputs and the output has the data's shape. */
      public <T> T data(List<T> inputs, T output) {
        return isGradient() ? output : inputs.get(0);
      }

      /** Returns which of the inputs and the output has an element a window. */
      public <T> T result(List<T> inputs, T output) {
        return isGradient() ? inputs.get(inputs.size() - 1) : output;
      }
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.pool(this);
    }
  }

  /**
   * Copies strided pieces of the inputs into the output: transpose, slice, reverse, pad, concat.
   *
   * <p>Elements that no piece covers hold {@code fill}, which is absent if the pieces cover
   * everything. Pieces do not overlap. Any type.
   */
  record Move(List<Piece> pieces, Optional<ScalarFunction.Constant> fill) implements Rearranging {
    public Move {
      pieces = List.copyOf(pieces);
    }

    /**
     * One copy, a loop over {@code extent}.
     *
     * @param input position of the input that is read
     * @param source walks the input
     * @param target walks the output
     */
    public record Piece(int input, Shape extent, View source, View target) {}

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.move(this);
    }
  }

  /**
   * Picks slices along an axis: inputs data {@code [b,o,n,i]} and indices {@code [b,m]} (int32 or
   * int64), output {@code [b,o,m,w]} with {@code out[b,o,m,:]} the {@code w} elements of {@code
   * data[b,o]} from {@code [indices[b,m],0]} on. Where w is i, that is one slice.
   *
   * <p>An index from which on there are not so many elements, or below 0, gives zeros (false): an
   * operation for which that is an error checks the indices itself. Any type of data.
   */
  record Gather() implements Rearranging {
    /** Returns the number of indices, from 0 on, that name as many elements as an output takes. */
    public static long indices(Shape data, Shape output) {
      long line = data.dim(2) * data.dim(3);
      long window = output.dim(3);
      if (data.dim(3) == window) {
        return data.dim(2);
      }
      return line < window ? 0 : (line - window) / data.dim(3) + 1;
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.gather(this);
    }
  }

  /**
   * Combines rows into the rows of a tensor that indices name: inputs base {@code [n,i]}, indices
   * {@code [m]} (int32 or int64) and updates {@code [m,i]}, output {@code [n,i]}.
   *
   * <p>The output is the base with {@code out[indices[j],:]} combined with {@code updates[j,:]},
   * for each j in order, so that of equal indices the last one decides a SET, and sums round the
   * same way in every run. An update whose index is outside {@code [0, n)} is dropped. SET: any
   * type; the others: numeric types.
   *
   * <p>The output may have the place of the base, and is then changed only in the rows named.
   */
  record Scatter(Combine combine) implements Rearranging {
    /** How an update changes an element: it takes its place, or a function of both does. */
    public enum Combine {
      SET,
      ADD,
      SUB,
      MUL,
      MIN,
      MAX;

      /** Returns the function of the element and the update; nothing for SET. */
      public Optional<BinaryFn> function() {
        return this == SET ? Optional.empty() : Optional.of(BinaryFn.valueOf(name()));
      }
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.scatter(this);
    }

    @Override
    public boolean mayOverwrite(int input, int output, TensorType type) {
      return input == 0;
    }
  }

  /**
   * Sorts each row: input {@code [rows,n]}, outputs the first k elements in order, {@code
   * [rows,k]}, and their positions in the row, {@code [rows,k]} of int64; k, at most n, is the
   * outputs' extent. Numeric types.
   *
   * <p>Ascending, or descending. NaN counts as greater than every number, and one NaN as equal to
   * another. Of equal elements, such as -0.0 and 0.0, the one at the lower position comes first
   * either way.
   */
  record Sort(boolean descending) implements Rearranging {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.sort(this);
    }
  }

  /**
   * Combines along the middle axis of {@code [outer,n,inner]} all elements up to each: cumulative
   * sums (reduction SUM) or products (PROD). One input; one output of its type. Numeric types.
   *
   * <p>Starting from 0 or 1, elements are combined one after another, each result rounded or
   * wrapped to the type, from the axis's end if {@code reverse}. If {@code exclusive}, an element's
   * own place holds the result of those before it. A device that combines in another order, and so
   * rounds otherwise, always does it the same way.
   */
  record Scan(Reduction reduction, boolean exclusive, boolean reverse) implements Rearranging {
    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.scan(this);
    }
  }

  /**
   * Random numbers from Philox 4x32-10, keyed with {@code seed} and {@code seed2} as TensorFlow's
   * stateful random operations are.
   *
   * <p>One input, the counter: an int64 scalar, the number of 128-bit blocks (four 32-bit outputs)
   * to skip, which is not negative. One output of type {@code dtype}. The key is {@code seed};
   * {@code seed2} is the upper half of Philox's counter, the number of the block its lower half.
   *
   * <p>Four 32-bit outputs of a block give, in order, four float32 or int32, or two float64 or
   * int64 (of BITS the first output is the lower half; of the others the upper). TRUNCATED_NORMAL
   * numbers come in groups of four float32 or two float64; group g draws from its own blocks,
   * beginning with {@code 64 * g * } the group's size.
   *
   * <p>The counter of the next run is greater by {@link #blocks} at least.
   */
  record Random(Distribution distribution, DType dtype, long seed, long seed2)
      implements Primitive {
    /**
     * Returns by how many blocks a run that makes this many numbers advances the counter: 256 for
     * each, whatever the distribution and type, as TensorFlow reserves them.
     */
    public static long blocks(long count) {
      return Math.multiplyExact(count, 256);
    }

    /** What the bits become. */
    public enum Distribution {
      /** Uniform in [0, 1). */
      UNIFORM,
      /** Mean 0, standard deviation 1, by Box and Muller. */
      NORMAL,
      /** NORMAL, redrawn until within two standard deviations. */
      TRUNCATED_NORMAL,
      /** The raw bits: of type int32 or int64. */
      BITS
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.random(this);
    }
  }

  /**
   * Fails the run with this message unless the first input, a boolean scalar, is true. One output,
   * the same scalar, so that it can be ordered.
   *
   * <p>There may be more inputs, of any type and shape: the message of a failure shows them. If
   * there is a suspect, there is one, of integers, and the message tells of that element. What it
   * says, {@link CheckMessage} writes.
   *
   * @param shown how many elements of each of these are shown; all if negative
   * @param texts what the message tells before each of these and after the last; empty for nothing
   */
  record Check(String message, int shown, Optional<Suspect> suspect, List<List<String>> texts)
      implements Primitive {
    public Check {
      texts = texts.stream().map(List::copyOf).toList();
    }

    /** Makes a check that shows no tensors. */
    public Check(String message) {
      this(message, 0);
    }

    /** Makes a check that shows tensors. */
    public Check(String message, int shown) {
      this(message, shown, Optional.empty(), List.of());
    }

    /** Makes a check that tells of an element. */
    public Check(String message, Suspect suspect) {
      this(message, 0, Optional.of(suspect), List.of());
    }

    /** Returns this check with what its message tells before each tensor and after the last. */
    public Check telling(List<List<String>> texts) {
      return new Check(message, shown, suspect, texts);
    }

    /** Returns the type of the elements of a tensor that are shown: its first ones, a vector. */
    public TensorType shown(TensorType type) {
      long size = type.shape().size();
      return type.withShape(Shape.of(shown < 0 ? size : Math.min(size, shown)));
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.check(this);
    }

    @Override
    public boolean mayFail() {
      return true;
    }
  }
}
