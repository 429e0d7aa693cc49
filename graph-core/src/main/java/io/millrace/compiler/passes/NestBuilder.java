package io.millrace.compiler.passes;

import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Builds a loop from parts of others; equal operands become one, unused ones are left out. */
final class NestBuilder {
  private final Shape domain;
  private final ScalarBuilder scalars = new ScalarBuilder();
  private final Map<Operand, Scalar> operands = new LinkedHashMap<>();

  private record Operand(Value value, View view) {}

  NestBuilder(Shape domain) {
    this.domain = domain;
  }

  /** Returns the builder of the function. */
  ScalarBuilder scalars() {
    return scalars;
  }

  /** Returns the element of a tensor that a view walks. */
  FunctionCopy.Item operand(Value value, View view) {
    long[] strides = view.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = domain.dim(axis) == 1 ? 0 : strides[axis];
    }
    return FunctionCopy.Item.of(
        operands.computeIfAbsent(
            new Operand(value, View.of(view.offset(), strides)),
            o -> scalars.parameter(value.type().dtype())));
  }

  /** Returns the coordinate along an axis. */
  FunctionCopy.Item index(int axis) {
    return FunctionCopy.Item.of(scalars.index(axis));
  }

  /** Adds a function and returns its results. */
  List<FunctionCopy.Item> copy(
      ScalarFunction function,
      List<FunctionCopy.Item> arguments,
      IntFunction<FunctionCopy.Item> indices) {
    return FunctionCopy.copy(function, scalars, arguments, indices);
  }

  /** Adds a loop over the same domain and returns its results. */
  List<FunctionCopy.Item> copy(Nest nest) {
    List<FunctionCopy.Item> arguments = new ArrayList<>();
    for (int i = 0; i < nest.operands().size(); i++) {
      arguments.add(operand(nest.operands().get(i), nest.views().get(i)));
    }
    return copy(nest.function(), arguments, this::index);
  }

  /** Returns the loop that computes these results. */
  Nest build(List<FunctionCopy.Item> results) {
    ScalarFunction function =
        scalars.build(results.stream().map(FunctionCopy.Item::scalar).toList());
    Set<Integer> used = new TreeSet<>();
    for (ScalarFunction.Node node : function.nodes()) {
      if (node instanceof ScalarFunction.Parameter parameter) {
        used.add(parameter.index());
      }
    }
    List<Operand> all = List.copyOf(operands.keySet());
    if (used.size() == all.size()) {
      return new Nest(
          domain,
          all.stream().map(Operand::value).toList(),
          all.stream().map(Operand::view).toList(),
          function);
    }
    NestBuilder smaller = new NestBuilder(domain);
    List<FunctionCopy.Item> arguments = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      // What is not used gets any stand-in that is there.
      arguments.add(
          used.contains(i)
              ? smaller.operand(all.get(i).value(), all.get(i).view())
              : FunctionCopy.Item.of(
                  smaller.scalars,
                  new ScalarFunction.Constant(all.get(i).value().type().dtype(), 0)));
    }
    return smaller.build(smaller.copy(function, arguments, smaller::index));
  }
}
