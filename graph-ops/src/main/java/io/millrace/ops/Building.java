package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.op.Arguments;
import io.millrace.op.Op;
import io.millrace.ops.array.Constants;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What every family of operations builds on: adding nodes, and taking whatever stands for a tensor.
 *
 * <p>Where a method takes an {@code Object} for a tensor, it accepts an {@link Operand} (an output
 * or a variable), a {@link Tensor}, a number, a boolean, or an array, a buffer or a {@link List} of
 * those, nested for more axes. Lists and arrays may hold operands beside numbers, which are packed.
 * Everything but an operand becomes a constant, of the type of the operand beside it if there is
 * one: numbers convert to it where it holds them. Without one, single numbers and lists are what
 * they are in Python, float32 if one has a fraction, and arrays keep their type; beside each other,
 * all get a type that holds them.
 */
public interface Building {
  /** Returns the graph that nodes are added to. */
  Graph graph();

  /** Returns the name asked for with {@code withName}, or else this one. */
  String nameOr(String otherwise);

  /** Returns the whole facade on the same graph, without a wished name. */
  default Ops tf() {
    return Ops.of(graph());
  }

  /** Adds any operation; inputs that are not operands become constants. */
  default Operation apply(Op op, Object... inputs) {
    Arguments.requireComplete(op, "op");
    return graph().add(op, nameOr(op.type()), Constants.of(graph(), op.type(), inputs));
  }

  /** Adds an operation and returns its first output. */
  default Output result(Op op, Object... inputs) {
    return apply(op, inputs).output(0);
  }

  /** Returns the output that stands for a tensor; what is not an operand becomes a constant. */
  default Output operand(Object tensor) {
    return Constants.of(graph(), "Const", tensor).get(0);
  }

  /** Returns the output that stands for a tensor; a constant gets this type where it fits. */
  default Output operand(Object tensor, DType dtype) {
    return Constants.of(graph(), "Const", tensor, Optional.of(Arguments.require(dtype, "dtype")));
  }

  /** Returns the same for an operation, which messages name if nothing stands for a tensor. */
  default Output operand(String operation, Object tensor, DType dtype) {
    Arguments.requireEach("operation, tensor, dtype", operation, tensor, dtype);
    return Constants.of(graph(), operation, tensor, Optional.of(dtype));
  }

  /** Returns the outputs that stand for tensors; constants get the type of the first operand. */
  default List<Output> operands(Object... tensors) {
    return Constants.of(graph(), "Const", tensors);
  }

  /**
   * Returns the outputs that stand for tensors whose types have nothing to do with each other.
   *
   * @param names what the method that the user calls has them as, in order, with commas between
   */
  default Object[] each(String names, Object... tensors) {
    Arguments.requireEach(names, tensors);
    return Stream.of(tensors).map(this::operand).toArray();
  }

  /**
   * Returns the outputs that stand for tensors as {@link #operands} does, but float32 if they would
   * be integers though none of them is a tensor yet.
   */
  default List<Output> floating(Object... tensors) {
    return Constants.floating(graph(), "Const", tensors);
  }

  /**
   * Returns a vector of indices, such as axes or a shape, as a constant int32 (int64 if need be).
   */
  default Output indices(long... values) {
    boolean fits = true;
    for (long value : Arguments.require(values, "values")) {
      fits &= value == (int) value;
    }
    if (!fits) {
      return operand(values);
    }
    int[] narrow = new int[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (int) values[i];
    }
    return operand(narrow);
  }

  /**
   * Returns the axes that a number, an array or a list of them say as a tensor, or a tensor that
   * says them already. What of it has to be known while the graph is built says so itself.
   */
  default Output axes(Object axes) {
    Arguments.require(axes, "axes");
    return ShapeArguments.dims(axes).map(this::indices).orElseGet(() -> operand(axes));
  }

  /** Returns one axis, or one size, as a scalar: a whole number becomes int32 if it fits. */
  default Output axis(Object axis) {
    Arguments.require(axis, "axis");
    return ShapeArguments.whole(axis)
        .map(at -> at == at.intValue() ? operand(at.intValue()) : operand(at))
        .orElseGet(() -> operand(axis));
  }

  /**
   * Returns the vector that a shape is as a tensor: a Shape, whole numbers, an array or a list of
   * them, or a tensor already. A list may hold scalar tensors beside numbers.
   */
  default Output sizes(Object shape) {
    Arguments.require(shape, "shape");
    return ShapeArguments.dims(shape).map(this::indices).orElseGet(() -> operand(shape));
  }

  /**
   * Builds a tensor of several nodes inside a name scope, that asked for with {@code withName} or
   * this one. If a name was asked for, the tensor has it: {@code n}, made of {@code n/Mul} and the
   * like.
   */
  default Output scope(String otherwise, Supplier<Output> body) {
    Arguments.requireEach("otherwise, body", otherwise, body);
    return scopeOfAll(otherwise, () -> List.of(body.get())).get(0);
  }

  /**
   * Builds tensors as {@link #scope} does. If a name was asked for, they are {@code n}, {@code n_1}
   * and so on: each is still computed without the others.
   */
  default List<Output> scopeOfAll(String otherwise, Supplier<List<Output>> body) {
    Arguments.requireEach("otherwise, body", otherwise, body);
    Graph.Scope scope = graph().nameScope(nameOr(otherwise));
    try (scope) {
      List<Output> built = body.get();
      if (nameOr("").isEmpty()) {
        return built;
      }
      String own = graph().currentNameScope();
      List<Output> named = new ArrayList<>();
      for (Output tensor : built) {
        String end = named.isEmpty() ? "/" : "_" + named.size() + "/";
        String name = own.substring(0, own.length() - 1) + end;
        named.add(graph().add(new IdentityOps.Identity(), name, List.of(tensor)).output(0));
      }
      return named;
    }
  }

  /** Returns a tensor that is there already, under the name asked for if one was. */
  default Output named(Output tensor) {
    Arguments.require(tensor, "tensor");
    return nameOr("").isEmpty() ? tensor : result(new IdentityOps.Identity(), tensor);
  }
}
