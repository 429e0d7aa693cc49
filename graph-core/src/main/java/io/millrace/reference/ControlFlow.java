package io.millrace.reference;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.spi.StepException;
import io.millrace.spi.Turns;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Runs the programs inside a primitive, instruction by instruction. */
final class ControlFlow {
  private final Origin origin;
  private final boolean interruptible;

  /** What the carried resources hold. */
  private final Map<Resource, Literal> held = new HashMap<>();

  ControlFlow(Origin origin, boolean interruptible) {
    this.origin = origin;
    this.interruptible = interruptible;
  }

  List<Literal> choose(Control.Choose choose, List<Literal> inputs) {
    carry(choose, inputs);
    int fed = choose.firstInput() + choose.carried().size();
    Program branch = choose.branches().get(choose.branch(inputs.get(0).getLong(0)));
    List<Literal> fetches = run(branch, inputs.subList(fed, inputs.size()));
    List<Literal> outputs = new ArrayList<>(last(choose));
    outputs.addAll(fetches);
    return outputs;
  }

  List<Literal> repeat(Control.Repeat repeat, List<Literal> inputs, List<TensorType> types) {
    carry(repeat, inputs);
    long rows = inputs.get(1).getLong(0);
    List<TensorType> collected = types.subList(repeat.firstCollected(), types.size());
    Turns turns = new Turns(repeat, origin, interruptible);
    List<List<Literal>> made = new ArrayList<>();
    boolean goes = inputs.get(0).getLong(0) != 0;
    for (long turn = 0; goes; turn++) {
      turns.begin(turn, rows);
      List<Literal> feeds = new ArrayList<>();
      for (int i = 0; i < repeat.scanned().size(); i++) {
        boolean back = repeat.scanned().get(i) == Control.Repeat.Walk.BACKWARD;
        feeds.add(inputs.get(repeat.firstScanned() + i).row(back ? rows - 1 - turn : turn));
      }
      feeds.addAll(inputs.subList(repeat.firstKept(), inputs.size()));
      List<Literal> fetches;
      try {
        fetches = run(repeat.turn(), feeds);
      } catch (StepException e) {
        throw e.inTurn(turn);
      }
      goes = fetches.get(0).getLong(0) != 0;
      made.add(fetches.subList(1, fetches.size()));
    }
    List<Literal> outputs = new ArrayList<>();
    outputs.add(Literal.ofLongs(made.size()).reshape(types.get(0).shape()));
    outputs.addAll(last(repeat));
    for (int i = 0; i < collected.size(); i++) {
      int position = i;
      outputs.add(stacked(collected.get(i), made.stream().map(f -> f.get(position)).toList()));
    }
    return outputs;
  }

  private void carry(Control control, List<Literal> inputs) {
    for (int i = 0; i < control.carried().size(); i++) {
      held.put(control.carried().get(i), inputs.get(control.firstInput() + i));
    }
  }

  private List<Literal> last(Control control) {
    return control.carried().stream().map(held::get).toList();
  }

  /** Runs a program once; at its end the resources hold what it updates. */
  private List<Literal> run(Program program, List<Literal> feeds) {
    Map<Value, Literal> values = new HashMap<>();
    for (Instruction instruction : program.instructions()) {
      List<Literal> outputs = outputs(instruction, values, feeds);
      for (int i = 0; i < outputs.size(); i++) {
        values.put(instruction.outputs().get(i), outputs.get(i));
      }
    }
    for (Program.Update update : program.updates()) {
      held.put(update.resource(), Objects.requireNonNull(values.get(update.value())));
    }
    return program.fetches().stream().map(values::get).toList();
  }

  private List<Literal> outputs(
      Instruction instruction, Map<Value, Literal> values, List<Literal> feeds) {
    if (instruction.primitive() instanceof Primitive.Feed feed) {
      return List.of(feeds.get(feed.slot()));
    }
    if (instruction.primitive() instanceof Primitive.Read read) {
      return List.of(Objects.requireNonNull(held.get(read.resource())));
    }
    return ReferenceInterpreter.evaluate(
        instruction.primitive(),
        instruction.inputs().stream().map(values::get).toList(),
        instruction.outputs().stream().map(Value::type).toList(),
        instruction.origin(),
        interruptible);
  }

  private static Literal stacked(TensorType type, List<Literal> rows) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    int at = 0;
    for (Literal row : rows) {
      int count = Math.toIntExact(row.type().bytes());
      row.bytes().get(bytes, at, count);
      at += count;
    }
    return Literal.wrap(type, bytes);
  }
}
