package io.millrace.ops.plain;

import io.millrace.FunctionBody;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.flow.LoopOps;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A While while it is made of a loop that is counted from outside: it carries the turn and the
 * number of turns, then what the loop takes, then a list for each stack that the loop makes.
 */
final class CountedLoop {
  private final PlainCopy copy;
  private final Operation operation;
  private final LoopOps.Scan loop;
  private final GraphFunction function;

  private final FunctionBody condition;
  private final FunctionBody body;
  private final PlainCopy inside;

  /** What is carried: before the first turn, in the condition and in the body. */
  private final List<Output> first = new ArrayList<>();

  private final List<Output> asked = new ArrayList<>();
  private final List<Output> before = new ArrayList<>();

  /** What the body makes that is stacked. */
  private final List<Output> stacked;

  private CountedLoop(
      PlainCopy copy, Operation operation, LoopOps.Scan loop, Map<Output, Output> traces) {
    this.copy = copy;
    this.operation = operation;
    this.loop = loop;
    function = loop.body();
    condition = FunctionBody.alone(function.name() + "_condition", function.source());
    body = FunctionBody.alone(function.name(), function.source());
    inside = copy.inside(body);
    stacked =
        new ArrayList<>(function.results().subList(loop.carried(), function.results().size()));
    stacked.addAll(traces.keySet());
  }

  /**
   * Copies a counted loop.
   *
   * @param traces traces by what they are in the body
   */
  static void copy(
      PlainCopy copy, Operation operation, LoopOps.Scan loop, Map<Output, Output> traces) {
    new CountedLoop(copy, operation, loop, traces).copy(traces);
  }

  private void copy(Map<Output, Output> traces) {
    LoopOps.While loop = loop();
    Operation added =
        copy.within(
            operation, () -> copy.tf().graph().add(loop, "while", first, copy.controls(operation)));
    List<Output> results = new ArrayList<>(added.outputs().subList(2, 2 + this.loop.carried()));
    int lists = first.size() - stacked.size();
    for (int i = 0; i < stacked.size(); i++) {
      Output list = added.output(lists + i);
      Output made = stacked.get(i);
      if (results.size() < operation.outputs().size()) {
        copy.setList(operation.output(results.size()), list);
        results.add(copy.within(operation, () -> Lists.stack(copy.tf(), list, made.type())));
      } else {
        copy.setList(Objects.requireNonNull(traces.get(made)), list);
      }
    }
    Operation named = copy.add(operation, new IdentityOps.IdentityN(), results);
    operation.outputs().forEach(o -> copy.set(o, named.output(o.index())));
  }

  private LoopOps.While loop() {
    Output length = copy.of(operation.input(0));
    TensorType count = TensorType.of(DType.INT64);
    Output turn = carry("turn", copy.within(operation, () -> copy.tf().constant(0L)), count);
    Output turns = carry("turns", length, count);
    Ops tf = inside.tf();
    Output row = loop.backward() ? tf.subtract(tf.subtract(turns, 1), turn) : turn;
    Output index = tf.cast(row, DType.INT32);
    takeArguments(row, index);
    List<Output> lists = takeLists(length);
    inside.copyBody(function, stacked);

    List<Output> results = new ArrayList<>(List.of(tf.add(turn, 1), turns));
    for (int i = 0; i < loop.carried(); i++) {
      results.add(inside.of(function.results().get(i)));
    }
    results.addAll(before.subList(results.size(), before.size() - lists.size()));
    for (int i = 0; i < lists.size(); i++) {
      results.add(Lists.with(tf, lists.get(i), index, inside.of(stacked.get(i))));
    }
    Output goesOn = Ops.of(condition.graph()).less(asked.get(0), asked.get(1));
    GraphFunction asks = condition.finish(List.of(goesOn), List.of());
    GraphFunction does = body.finish(results, List.of());
    return new LoopOps.While(asks, does, !does.targets().isEmpty());
  }

  /** Carries one more tensor, and returns what it is in the body. */
  private Output carry(String name, Output begin, TensorType type) {
    first.add(begin);
    asked.add(condition.parameter(name, type));
    Output argument = body.parameter(name, type);
    before.add(argument);
    return argument;
  }

  /** Makes the arguments of the loop's body what they are in a turn: one row of each stack. */
  private void takeArguments(Output row, Output index) {
    Ops tf = inside.tf();
    for (int i = 0; i < function.parameters().size(); i++) {
      Output parameter = function.parameters().get(i);
      Output input = operation.input(1 + i);
      boolean isRow = i >= loop.carried() && i < loop.carried() + loop.scanned();
      Output list = isRow ? copy.list(input) : null;
      if (list != null) {
        Output rows = carry("rows", list, list.type().ofAnyLength());
        inside.set(parameter, Lists.element(tf, rows, index, parameter.type()));
      } else if (isRow) {
        Output stack = copy.of(input);
        inside.set(parameter, tf.gather(carry("rows", stack, stack.type()), row));
      } else {
        inside.set(parameter, carry("carried", copy.of(input), parameter.type()));
      }
    }
  }

  /** Carries the lists of what is stacked. */
  private List<Output> takeLists(Output length) {
    Ops tf = copy.tf();
    List<Output> lists = new ArrayList<>();
    for (Output made : stacked) {
      Output begin =
          copy.within(
              operation,
              () -> Lists.reserved(tf, made.dtype(), made.shape(), tf.cast(length, DType.INT32)));
      lists.add(carry("stacked", begin, begin.type().ofAnyLength()));
    }
    return lists;
  }
}
