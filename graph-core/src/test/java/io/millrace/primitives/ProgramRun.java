package io.millrace.primitives;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a run gives, by interpreting the program or by carrying out its plan in plain memory. */
public record ProgramRun(List<Literal> fetches, Map<String, Literal> resources) {

  public static ProgramRun interpret(
      Program program, List<Literal> feeds, Map<String, Literal> resources) {
    Map<Value, Literal> values = new HashMap<>();
    for (Instruction instruction : program.instructions()) {
      List<Literal> outputs;
      if (instruction.primitive() instanceof Primitive.Feed feed) {
        outputs = List.of(feeds.get(feed.slot()));
      } else if (instruction.primitive() instanceof Primitive.Read read) {
        outputs = List.of(Objects.requireNonNull(resources.get(read.resource().name())));
      } else {
        outputs =
            ReferenceInterpreter.evaluate(
                instruction.primitive(),
                instruction.inputs().stream().map(values::get).toList(),
                instruction.outputs().stream().map(Value::type).toList());
      }
      for (int i = 0; i < outputs.size(); i++) {
        values.put(instruction.outputs().get(i), outputs.get(i));
      }
    }
    Map<String, Literal> after = new HashMap<>(resources);
    for (Program.Update update : program.updates()) {
      after.put(update.resource().name(), values.get(update.value()));
    }
    return new ProgramRun(program.fetches().stream().map(values::get).toList(), after);
  }

  public static ProgramRun execute(Plan plan, List<Literal> feeds, Map<String, Literal> resources) {
    Map<String, byte[]> memory = new HashMap<>();
    memory.put("ARENA0", new byte[(int) plan.arenaBytes()]);
    Arrays.fill(memory.get("ARENA0"), (byte) 0x55);
    for (int i = 0; i < feeds.size(); i++) {
      memory.put("FEED" + i, bytes(feeds.get(i)));
    }
    for (int i = 0; i < plan.constants().size(); i++) {
      memory.put("CONSTANT" + i, bytes(plan.constants().get(i)));
    }
    for (int i = 0; i < plan.resources().size(); i++) {
      Literal held = resources.get(plan.resources().get(i).name());
      memory.put("RESOURCE" + i, bytes(Objects.requireNonNull(held)));
    }
    for (int i = 0; i < plan.fetches().size(); i++) {
      memory.put("FETCH" + i, new byte[(int) plan.fetches().get(i).bytes()]);
    }
    new PlainMemory(memory).run(plan.withRowsInMemory().steps());
    Map<String, Literal> after = new HashMap<>(resources);
    for (int i = 0; i < plan.resources().size(); i++) {
      Resource resource = plan.resources().get(i);
      after.put(resource.name(), Literal.wrap(resource.type(), memory.get("RESOURCE" + i)));
    }
    List<Literal> fetches = new ArrayList<>();
    for (int i = 0; i < plan.fetches().size(); i++) {
      fetches.add(Literal.wrap(plan.fetches().get(i), memory.get("FETCH" + i)));
    }
    return new ProgramRun(fetches, after);
  }

  static byte[] bytes(Literal literal) {
    byte[] bytes = new byte[(int) literal.type().bytes()];
    literal.bytes().get(bytes);
    return bytes;
  }
}
