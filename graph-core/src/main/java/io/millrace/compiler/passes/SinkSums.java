package io.millrace.compiler.passes;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Sums products of turns in one product after the loop: {@code s += a' b} of matrices of few rows,
 * as gradients of what stays the same are, becomes the product of all rows of a and b.
 *
 * <p>Only where constants say that the loop turns as often as it has rows.
 */
final class SinkSums implements Pass {
  @Override
  public String name() {
    return "sink-sums";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Literal> constants = KnownLoop.constants(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control.Repeat repeat && repeat.isLimited()) {
        new Run(rewrite, ControlParts.of(instruction), repeat.capacity(), constants).apply();
      } else {
        rewrite.add(instruction);
      }
    }
    return rewrite.build();
  }

  /** A sum of a' b that a turn adds to. */
  private record Sum(ControlParts.Carried carried, Instruction product) {}

  /** A factor's rows after the loop, in the order of the turns or from the last to the first. */
  private record Rows(Value value, Walk walk) {}

  /** What is done to one loop. */
  private static final class Run {
    private final Rewrite rewrite;
    private final ControlParts parts;
    private final long capacity;
    private final Map<Value, Literal> constants;
    private final Program turn;
    private final TurnValues values;
    private final List<ControlParts.Given> given;
    private final List<Value> fetches;
    private final Map<Value, Rows> rows = new HashMap<>();

    Run(Rewrite rewrite, ControlParts parts, long capacity, Map<Value, Literal> constants) {
      this.rewrite = rewrite;
      this.parts = parts;
      this.capacity = capacity;
      this.constants = constants;
      turn = parts.programs().get(0);
      values = new TurnValues(parts);
      given = new ArrayList<>(parts.given());
      fetches = new ArrayList<>(turn.fetches());
    }

    void apply() {
      List<Sum> sums = parts.carried().stream().flatMap(c -> sum(c).stream()).toList();
      if (sums.isEmpty() || !KnownLoop.fills(parts, constants)) {
        rewrite.add(parts.instruction());
        return;
      }
      List<ControlParts.Carried> carried = new ArrayList<>(parts.carried());
      for (Sum sum : sums) {
        carried.remove(sum.carried());
        sum.product().inputs().forEach(this::collect);
      }
      Program collecting =
          new Program(turn.feeds(), turn.instructions(), fetches, turn.updates(), turn.checks());
      rewrite.add(
          parts.withPrograms(List.of(collecting)).withCarried(carried).withGiven(given).together());
      sums.forEach(this::add);
    }

    /** Returns the sum that a carried value is, if it is one and is worth it. */
    private Optional<Sum> sum(ControlParts.Carried carried) {
      Optional<Value> update =
          turn.updates().stream()
              .filter(u -> u.resource().equals(carried.resource()))
              .map(Program.Update::value)
              .findFirst();
      if (update.isEmpty()) {
        return Optional.empty();
      }
      Value next = values.root(update.get());
      Instruction add = values.producer(next);
      if (!isAddition(add) || values.uses(next) != 1) {
        return Optional.empty();
      }
      Value before = values.root(add.inputs().get(0));
      Value term = values.root(add.inputs().get(1));
      if (!values.producer(before).primitive().equals(new Primitive.Read(carried.resource()))) {
        Value other = before;
        before = term;
        term = other;
      }
      Instruction product = values.producer(term);
      return values.producer(before).primitive().equals(new Primitive.Read(carried.resource()))
              && values.uses(before) == 1
              && values.uses(term) == 1
              && isProduct(product)
          ? Optional.of(new Sum(carried, product))
          : Optional.empty();
    }

    private static boolean isAddition(Instruction instruction) {
      if (!(instruction.primitive() instanceof Primitive.Map map) || map.views().size() != 2) {
        return false;
      }
      ScalarFunction function = map.function();
      return map.views().stream().allMatch(v -> v.isDense(map.domain()))
          && function.nodes().size() == 3
          && function.results().size() == 1
          && function.nodes().get(function.results().get(0)) instanceof ScalarFunction.Binary binary
          && binary.fn() == BinaryFn.ADD
          && binary.x() != binary.y();
    }

    /** Returns whether this is a' b of changing factors that are little to keep for each turn. */
    private boolean isProduct(Instruction instruction) {
      if (!(instruction.primitive() instanceof Primitive.Contract contract)
          || !contract.transposeA()
          || contract.transposeB()
          || instruction.output().type().shape().dim(0) != 1) {
        return false;
      }
      long more = 0;
      for (Value factor : instruction.inputs()) {
        if (values.kept(factor).isPresent()
            || values.producer(values.root(factor)).primitive() instanceof Primitive.Constant) {
          return false;
        }
        more += values.scanned(factor).isPresent() ? 0 : factor.type().bytes();
      }
      return more <= 2 * instruction.output().type().bytes();
    }

    /** Sees to it that there are the rows of all turns of a factor after the loop. */
    private void collect(Value factor) {
      Value root = values.root(factor);
      if (rows.containsKey(root)) {
        return;
      }
      Optional<ControlParts.Fed> scanned = values.scanned(root);
      if (scanned.isPresent()) {
        rows.put(root, new Rows(scanned.get().value(), scanned.get().walk().orElseThrow()));
        return;
      }
      Value stack =
          rewrite.fresh(root.type().withShape(Shape.of(capacity).concat(root.type().shape())));
      given.add(new ControlParts.Given(fetches.size(), stack));
      fetches.add(root);
      rows.put(root, new Rows(stack, Walk.FORWARD));
    }

    /** Adds the product of all rows to the first value. */
    private void add(Sum sum) {
      Instruction inner = sum.product();
      Rows a = Objects.requireNonNull(rows.get(values.root(inner.inputs().get(0))));
      Rows b = Objects.requireNonNull(rows.get(values.root(inner.inputs().get(1))));
      boolean alike = a.walk() == b.walk();
      Value left = alike ? a.value() : inOrder(a);
      Value right = alike ? b.value() : inOrder(b);
      TensorType type = inner.output().type();
      Value product = rewrite.fresh(type);
      rewrite.add(
          new Instruction(
              inner.primitive(),
              List.of(tall(left, inner, 0), tall(right, inner, 1)),
              List.of(product),
              inner.origin()));
      Value first = sum.carried().first();
      Shape domain = first.type().shape();
      ScalarBuilder scalars = new ScalarBuilder();
      Scalar x = scalars.parameter(first.type().dtype());
      Scalar y = scalars.parameter(first.type().dtype());
      rewrite.add(
          new Instruction(
              new Primitive.Map(
                  scalars.build(List.of(x.plus(y))),
                  domain,
                  List.of(View.dense(domain), View.dense(domain))),
              List.of(first, product),
              List.of(sum.carried().last()),
              inner.origin()));
    }

    /** Returns the rows of all turns under each other. */
    private Value tall(Value stack, Instruction product, int input) {
      TensorType factor = product.inputs().get(input).type();
      long height = Math.multiplyExact(capacity, factor.shape().dim(1));
      return rewrite.reshaped(
          stack, factor.withShape(Shape.of(1, height, factor.shape().dim(2))), product.origin());
    }

    /** Returns rows in the order of the turns. */
    private Value inOrder(Rows rows) {
      if (rows.walk() == Walk.FORWARD) {
        return rows.value();
      }
      TensorType type = rows.value().type();
      long size = type.shape().size() / capacity;
      Shape extent = Shape.of(capacity, size);
      Value reversed = rewrite.fresh(type);
      rewrite.add(
          new Instruction(
              new Primitive.Move(
                  List.of(
                      new Primitive.Move.Piece(
                          0, extent, View.of((capacity - 1) * size, -size, 1), View.dense(extent))),
                  Optional.empty()),
              List.of(rows.value()),
              List.of(reversed),
              parts.instruction().origin()));
      return reversed;
    }
  }
}
