package io.millrace.op;

import io.millrace.GraphFunction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One operation being said in primitives: its inputs as values, and methods that add instructions.
 *
 * <p>All shapes are fully defined.
 */
public abstract class Lowering {

  /** For the compiler, which alone makes these. */
  protected Lowering() {}

  /** Returns the name of the operation's node. */
  public abstract String name();

  /** Returns the number of inputs. */
  public abstract int inputs();

  /** Returns an input; an input that is a variable is read here. */
  public abstract Value input(int index);

  /** Returns the fully defined type of an input. */
  public abstract TensorType inputType(int index);

  /** Returns the value of an input, computed ahead of the run if need be. */
  public abstract Literal constant(int input);

  /** Returns an output of {@link Op#lowerSizes}, which ran before. */
  public abstract Value found(int index);

  /** Returns the value of an input if it is known before anything runs; see {@link #constant}. */
  public abstract Optional<Literal> known(int input);

  /** Returns the type of an output, as the type rule gave it for these inputs. */
  public abstract TensorType outputType(int index);

  /** Sets an output. */
  public abstract void output(int index, Value value);

  /** Returns the variable that an input refers to. */
  public abstract Resource reference(int input);

  /** Returns whether the variable that an input refers to has a value at this point of the run. */
  public abstract boolean isInitialized(int input);

  /** Makes an output refer to a variable, so that operations can write to it. */
  public abstract void outputReference(int index, Resource resource);

  /**
   * Makes the variable that an input refers to one of another type from this point of the run on,
   * without a value, and returns it.
   */
  public abstract Resource retype(int input, TensorType type);

  /**
   * Takes the next blocks of the operation's random numbers, which no other run gets, and returns
   * how many were taken before: the counter of {@link Primitive.Random}.
   *
   * @param seeded whether none were taken before the session's first run; otherwise that is drawn
   */
  public abstract Value reserve(long blocks, boolean seeded);

  /** Returns what a resource holds at this point of the run. */
  public abstract Value read(Resource resource);

  /** Sets what a resource holds from this point of the run on. */
  public abstract void write(Resource resource, Value value);

  /** Adds an instruction, any primitive with any number of outputs. */
  public abstract List<Value> emit(Primitive primitive, List<Value> inputs, List<TensorType> types);

  /** Makes an output what an input is: its value, or a reference to the same variable. */
  public abstract void pass(int input, int output);

  /** Returns whether an input has no value in this run; see {@link Op#takesDead}. */
  public abstract boolean isDead(int input);

  /** Says that an output has no value in this run. */
  public abstract void dead(int output);

  /**
   * Runs the body of a function in the place of this node.
   *
   * @param first the input that is its first argument, the following ones being the others
   */
  public abstract void call(GraphFunction function, int first);

  /**
   * Runs the body of one of several functions in the place of this node.
   *
   * @param index which one, an int32 scalar; one outside of them stands for the last
   * @param asked asks the same of the run, if what the functions make differs in type
   * @param first the input that is the first argument of each
   */
  public abstract void choose(
      Value index, IntSupplier asked, List<GraphFunction> functions, int first);

  /**
   * Runs the body of a loop in the place of this node, as often as it says.
   *
   * <p>The inputs are the loop's parameters in order, behind {@code length} if there is no
   * condition; the outputs the results of its last turn, then what it collects. A parameter that
   * the body returns in its own place stays as it is.
   */
  public abstract void repeat(Loop loop);

  /** Says that this node has no value of its own: the run must feed it. */
  public abstract void unfed();

  /**
   * Makes the run fail unless a boolean scalar is true.
   *
   * @param shown tensors whose elements the message shows
   */
  public abstract void check(Value condition, Primitive.Check check, List<Value> shown);

  /** Makes the run fail with this message unless a boolean scalar is true. */
  public final void check(Value condition, String message) {
    check(condition, new Primitive.Check(message), List.of());
  }

  /** Adds an instruction with one output. */
  public final Value emit(Primitive primitive, List<Value> inputs, TensorType type) {
    return emit(primitive, inputs, List.of(type)).get(0);
  }

  /** Returns a constant. */
  public final Value literal(Literal literal) {
    return emit(new Primitive.Constant(literal), List.of(), literal.type());
  }

  /** Returns a scalar constant. */
  public final Value scalar(DType dtype, double value) {
    return literal(Literal.scalar(dtype, value));
  }

  /** Returns a function of one tensor, element by element. */
  public final Value map(Value x, UnaryOperator<Scalar> fn) {
    return map(List.of(x), s -> fn.apply(s.get(0)));
  }

  /** Returns a function of two tensors, element by element, broadcasting. */
  public final Value map(Value x, Value y, BinaryOperator<Scalar> fn) {
    return map(List.of(x, y), s -> fn.apply(s.get(0), s.get(1)));
  }

  /** Returns a function of several tensors, element by element, broadcasting by NumPy's rule. */
  public final Value map(List<Value> operands, Function<List<Scalar>, Scalar> fn) {
    return map(broadcast(operands), operands, fn);
  }

  /** Returns a function of several tensors, broadcast to a domain that they need not span. */
  public final Value map(Shape domain, List<Value> operands, Function<List<Scalar>, Scalar> fn) {
    List<View> views =
        operands.stream().map(v -> View.broadcast(v.type().shape(), domain)).toList();
    return mapViews(domain, operands, views, (b, s) -> fn.apply(s));
  }

  /** Writes one scalar expression: the builder gives literals and indices. */
  @FunctionalInterface
  public interface ScalarRule {
    /** Returns the result for the elements of the operands. */
    Scalar apply(ScalarBuilder builder, List<Scalar> elements);
  }

  /** Returns a function of several tensors, each walked through its own view of the domain. */
  public final Value mapViews(
      Shape domain, List<Value> operands, List<View> views, ScalarRule rule) {
    ScalarFunction function = function(operands, rule);
    return emit(
        new Primitive.Map(function, domain, views),
        operands,
        new TensorType(function.resultType(0), domain));
  }

  /** Returns a function of the elements of a tensor reduced along all axes, a scalar. */
  public final Value reduceAll(Reduction reduction, Value x, UnaryOperator<Scalar> fn) {
    List<Integer> axes = IntStream.range(0, x.type().shape().rank()).boxed().toList();
    return reduce(reduction, List.of(x), axes, false, (b, s) -> fn.apply(s.get(0)));
  }

  /** Returns a tensor reduced along these axes (from the front), which are dropped or kept as 1. */
  public final Value reduce(Reduction reduction, Value x, List<Integer> axes, boolean keepDims) {
    return reduce(reduction, List.of(x), axes, keepDims, (b, s) -> s.get(0));
  }

  /**
   * Returns a function of several tensors (broadcast together) reduced along these axes (from the
   * front), which are dropped or kept as 1.
   */
  public final Value reduce(
      Reduction reduction,
      List<Value> operands,
      List<Integer> axes,
      boolean keepDims,
      ScalarRule rule) {
    Shape full = broadcast(operands);
    List<Integer> order = new ArrayList<>();
    long[] keptDims = full.dims();
    for (int axis = 0; axis < full.rank(); axis++) {
      if (axes.contains(axis)) {
        keptDims[axis] = 1;
      } else {
        order.add(axis);
      }
    }
    int kept = order.size();
    axes.stream().sorted().distinct().forEach(order::add);
    long[] domain = new long[order.size()];
    Arrays.setAll(domain, i -> full.dim(order.get(i)));
    List<View> views = new ArrayList<>();
    for (Value operand : operands) {
      View straight = View.broadcast(operand.type().shape(), full);
      long[] strides = new long[order.size()];
      Arrays.setAll(strides, i -> straight.stride(order.get(i)));
      views.add(View.of(0, strides));
    }
    ScalarFunction function = function(operands, rule);
    Shape shape = Shape.of(domain);
    Value reduced =
        emit(
            new Primitive.Reduce(reduction, function, shape, kept, views),
            operands,
            new TensorType(reduction.resultType(function.resultType(0)), shape.slice(0, kept)));
    return keepDims ? reshape(reduced, Shape.of(keptDims)) : reduced;
  }

  /** Returns the same elements in another shape of equal size. */
  public final Value reshape(Value x, Shape shape) {
    return x.type().shape().equals(shape)
        ? x
        : emit(new Primitive.Reshape(), List.of(x), x.type().withShape(shape));
  }

  /** Returns the axes in another order: axis i of the result is axis {@code order[i]} of x. */
  public final Value transpose(Value x, int... order) {
    Shape from = x.type().shape();
    long[] strides = from.strides();
    long[] dims = new long[order.length];
    long[] walk = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      dims[i] = from.dim(order[i]);
      walk[i] = strides[order[i]];
    }
    return view(x, Shape.of(dims), View.of(0, walk));
  }

  /** Returns the elements of x that a view walks, as a dense tensor. */
  public final Value view(Value x, Shape shape, View source) {
    if (x.type().shape().equals(shape) && source.isDense(shape)) {
      return x;
    }
    return emit(
        new Primitive.Move(
            List.of(new Primitive.Move.Piece(0, shape, source, View.dense(shape))),
            Optional.empty()),
        List.of(x),
        x.type().withShape(shape));
  }

  /** Returns a matrix product over the last two axes of tensors with three, the first the batch. */
  public final Value contract(Value a, Value b, boolean transposeA, boolean transposeB) {
    Shape x = a.type().shape();
    Shape y = b.type().shape();
    Shape shape =
        Shape.of(
            Math.max(x.dim(0), y.dim(0)) * Math.min(1, Math.min(x.dim(0), y.dim(0))),
            x.dim(transposeA ? 2 : 1),
            y.dim(transposeB ? 1 : 2));
    return emit(
        new Primitive.Contract(transposeA, transposeB), List.of(a, b), a.type().withShape(shape));
  }

  private static ScalarFunction function(List<Value> operands, ScalarRule rule) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> elements =
        operands.stream().map(v -> builder.parameter(v.type().dtype())).toList();
    return builder.build(List.of(rule.apply(builder, elements)));
  }

  private static Shape broadcast(List<Value> operands) {
    Inference rule = new Inference(List.of(), i -> Optional.empty());
    Shape shape = Shape.scalar();
    for (Value operand : operands) {
      shape = rule.broadcast(shape, operand.type().shape());
    }
    return shape;
  }
}
