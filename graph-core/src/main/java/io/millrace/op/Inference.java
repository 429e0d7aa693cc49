package io.millrace.op;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The inputs of an operation as its type rule sees them, with helpers to state the rules. */
public final class Inference {
  /** What a process can address at most. Counting through more would take days besides. */
  private static final long LARGEST = 1L << 47;

  private static final int MOST_OUTPUTS = 1 << 20;

  private final List<TensorType> types;
  private final IntFunction<Optional<Literal>> constants;
  private final IntFunction<Optional<Literal>> known;
  private final Supplier<Optional<long[]>> sizes;
  private final Function<UnaryOperator<String>, Optional<Shape>> stateShape;

  /**
   * Makes the view on these input types.
   *
   * @param constants gives the value of an input, if it can be known now
   */
  public Inference(List<TensorType> types, IntFunction<Optional<Literal>> constants) {
    this(types, constants, constants, Optional::empty, name -> Optional.empty());
  }

  /**
   * Makes the view on these input types, for an operation whose outputs have sizes that depend on
   * data or state.
   *
   * @param known gives the value of an input, if it is known without computing it
   * @param sizes gives {@link Op#sizes}, if they can be known now
   * @param stateShape gives the shape of a variable, whose name follows from that of the operation,
   *     if it can be known now
   */
  public Inference(
      List<TensorType> types,
      IntFunction<Optional<Literal>> constants,
      IntFunction<Optional<Literal>> known,
      Supplier<Optional<long[]>> sizes,
      Function<UnaryOperator<String>, Optional<Shape>> stateShape) {
    this.types = List.copyOf(types);
    this.constants = constants;
    this.known = known;
    this.sizes = sizes;
    this.stateShape = stateShape;
  }

  /**
   * Returns the types that an operation's rule gives for these inputs, whose number and element
   * types must be those of its signature. Sizes that overflow, tensors of more than 2^47 bytes or
   * {@link Shape#MOST_AXES} axes, and more than 2^20 outputs break every rule.
   */
  public List<TensorType> typesOf(Op op) {
    op.signature().require(types);
    List<TensorType> outputs;
    boolean countable;
    try {
      outputs = op.infer(this);
      require(outputs.size() <= MOST_OUTPUTS, "%d outputs are too many", outputs.size());
      outputs.forEach(o -> requireFewAxes(o.shape().isRankKnown() ? o.shape().rank() : 0));
      outputs.forEach(o -> requireElements(o, op));
      countable =
          outputs.stream()
              .map(TensorType::target)
              .allMatch(o -> !o.shape().isFullyDefined() || o.bytes() <= LARGEST);
    } catch (ArithmeticException overflow) {
      throw new RuleException("the sizes are too large: a tensor has at most 2^47 bytes");
    }
    require(countable, "%s is too large: a tensor has at most 2^47 bytes", outputs);
    return outputs;
  }

  /** Requires a handle to be one of something. */
  private void requireElements(TensorType type, Op op) {
    if (type.dtype().isHandle() && !(op instanceof ForeignOp)) {
      boolean leads =
          type.isList() ? type.refers().isPresent() || op.makesAnyList() : op.refersToState();
      require(
          leads || passesHandle() || !op.functions().isEmpty(),
          "%s is no type of elements: only what holds a variable gives a handle of it",
          type.dtype());
    }
  }

  private boolean passesHandle() {
    return types.stream().anyMatch(t -> t.dtype().isHandle());
  }

  /** Returns the number of inputs. */
  public int count() {
    return types.size();
  }

  /** Returns the type of an input. */
  public TensorType type(int input) {
    return types.get(input);
  }

  /**
   * Returns the view in which inputs that are handles are what they refer to; where nothing is
   * known of that, a tensor of any shape.
   *
   * @param dtype the element type that they must refer to
   */
  public Inference dereferenced(DType dtype) {
    List<TensorType> targets = new ArrayList<>(types);
    for (int i = 0; i < targets.size(); i++) {
      if (dtype(i).isHandle()) {
        TensorType target =
            type(i).refers().orElseGet(() -> new TensorType(dtype, Shape.unknown()));
        require(
            target.dtype() == dtype,
            "input %d is a handle of a variable %s, not of %s",
            i,
            target,
            dtype);
        targets.set(i, target);
      }
    }
    return new Inference(targets, constants, known, sizes, stateShape);
  }

  /** Returns the element type of an input. */
  public DType dtype(int input) {
    return types.get(input).dtype();
  }

  /** Returns the shape of an input. */
  public Shape shape(int input) {
    return types.get(input).shape();
  }

  /**
   * Returns the value of an input if it is known now. When a run is compiled it always is: an input
   * that a rule asks for is computed first.
   */
  public Optional<Literal> constant(int input) {
    return constants.apply(input);
  }

  /**
   * Returns the value of an input if it is known before anything runs: what may be data as well, if
   * the types do not need it.
   */
  public Optional<Literal> known(int input) {
    return known.apply(input);
  }

  /**
   * Returns the sizes that depend on data, {@link Op#sizes()} of them, if they are known now. When
   * a run is compiled they always are: they are computed first.
   */
  public Optional<long[]> sizes() {
    return sizes.get();
  }

  /** Returns the only size that depends on data, {@link Shape#UNKNOWN} if it is not known now. */
  public long size() {
    return sizes().map(s -> s[0]).orElse(Shape.UNKNOWN);
  }

  /**
   * Returns the shape that the session holds for a variable, if it is known now. When a run is
   * compiled it always is.
   *
   * @param name what the variable is called, by the name of the operation
   */
  public Optional<Shape> stateShape(UnaryOperator<String> name) {
    return stateShape.apply(name);
  }

  /** Reports a broken rule unless the condition holds. */
  public void require(boolean holds, String rule, Object... arguments) {
    if (!holds) {
      throw new RuleException(String.format(rule, arguments));
    }
  }

  private void requireFewAxes(long rank) {
    require(rank <= Shape.MOST_AXES, "%d axes are more than %d", rank, Shape.MOST_AXES);
  }

  /** Returns a shape of this rank with every extent unknown; -1 for an unknown rank. */
  public Shape ofRank(long rank) {
    requireFewAxes(rank);
    return rank < 0 ? Shape.unknown() : Shape.unknown((int) rank);
  }

  /** Requires an input to have this rank, if its rank is known, and returns its shape. */
  public Shape requireRank(int input, int rank) {
    Shape shape = shape(input);
    require(
        !shape.isRankKnown() || shape.rank() == rank,
        "input %d must %s, but has shape %s",
        input,
        rank == 0 ? "be a scalar" : "have " + Messages.axes(rank),
        shape);
    return shape.isRankKnown() ? shape : Shape.unknown(rank);
  }

  /** Returns the shape that two inputs broadcast to by NumPy's rule. */
  public Shape broadcast(int a, int b) {
    return broadcast(shape(a), shape(b));
  }

  /** Returns the shape that two shapes broadcast to by NumPy's rule, unknown where they are. */
  public Shape broadcast(Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown()) {
      return Shape.unknown();
    }
    int rank = Math.max(a.rank(), b.rank());
    long[] dims = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      long x = axis < rank - a.rank() ? 1 : a.dim(axis - rank + a.rank());
      long y = axis < rank - b.rank() ? 1 : b.dim(axis - rank + b.rank());
      require(
          x == y || x == 1 || y == 1 || x < 0 || y < 0,
          "shapes %s and %s do not broadcast: axis %d has %d and %d",
          a,
          b,
          axis - rank,
          x,
          y);
      dims[axis] = x == 1 ? y : y == 1 ? x : Math.max(x, y);
    }
    return Shape.of(dims);
  }

  /**
   * Returns an axis given from the front or, negative, from the end as one from the front.
   *
   * @param rank number of axes that it may name, those of the input
   */
  public int axis(long axis, int rank) {
    require(rank > 0, "axis %d is out of range: the input is a scalar, which has no axes", axis);
    return axis(axis, rank, "input");
  }

  /**
   * Returns the place of an axis that the result has and the input does not, from the front.
   *
   * @param rank number of axes of the result
   */
  public int newAxis(long axis, int rank) {
    return axis(axis, rank, "result");
  }

  private int axis(long axis, int rank, String whose) {
    require(
        axis >= -rank && axis < rank,
        "axis %d is out of range: the %s has %s, so %d to %d",
        axis,
        whose,
        Messages.axes(rank),
        -rank,
        rank - 1);
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
