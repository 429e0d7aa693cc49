package io.millrace.compiler.passes;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes the elements of a Map inside the loop that reads them, when no other does or when they
 * are cheap enough to be computed again.
 */
final class FuseNests implements Pass {
  static final int MOST_OPERANDS = 12;
  static final int MOST_NODES = 64;
  private static final int CHEAP_OPERATIONS = 3;
  private static final int CHEAP_OPERANDS = 2;
  private static final int CHEAP_USERS = 4;
  private static final Set<UnaryFn> CHEAP_UNARY =
      EnumSet.of(UnaryFn.NEG, UnaryFn.ABS, UnaryFn.NOT, UnaryFn.IS_NAN, UnaryFn.IS_FINITE);
  private static final Set<BinaryFn> EXPENSIVE_BINARY =
      EnumSet.of(
          BinaryFn.DIV,
          BinaryFn.FLOOR_DIV,
          BinaryFn.FLOOR_MOD,
          BinaryFn.TRUNCATE_MOD,
          BinaryFn.POW,
          BinaryFn.ATAN2);

  private final String name;
  private final Class<? extends Primitive> into;

  /**
   * Makes the pass.
   *
   * @param into the kind of loop that takes in others
   */
  FuseNests(String name, Class<? extends Primitive> into) {
    this.name = name;
    this.into = into;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Program apply(Program program) {
    return new Run(program).apply();
  }

  /** One application of the pass. */
  private final class Run {
    private final Program program;
    private final Users users;
    private final Map<Value, Instruction> producers = new HashMap<>();

    Run(Program program) {
      this.program = program;
      users = new Users(program);
    }

    Program apply() {
      List<Instruction> instructions = new ArrayList<>();
      for (Instruction old : program.instructions()) {
        Instruction instruction = old;
        if (into.isInstance(old.primitive())) {
          Optional<Instruction> fused = absorb(old);
          while (fused.isPresent()) {
            instruction = fused.get();
            fused = absorb(instruction);
          }
        }
        if (instruction.primitive() instanceof Primitive.Map && instruction.outputs().size() == 1) {
          producers.put(instruction.output(), instruction);
        }
        instructions.add(instruction);
      }
      return new RemoveDead().apply(program.with(instructions));
    }

    /** Returns the instruction with one producer taken in, nothing if none can be. */
    private Optional<Instruction> absorb(Instruction consumer) {
      Nest nest = Nest.of(consumer).orElseThrow();
      for (Value operand : nest.operands()) {
        Instruction producer = producers.get(users.root(operand));
        if (producer != null && isWorth(producer, nest)) {
          Optional<Nest> fused = fuse(nest, producer);
          if (fused.isPresent()) {
            note(producer, consumer.output());
            return Optional.of(
                fused
                    .get()
                    .in(consumer, Origin.join(List.of(producer.origin(), consumer.origin()))));
          }
        }
      }
      return Optional.empty();
    }

    private void note(Instruction producer, Value consumer) {
      boolean gone = users.remove(producer.output(), consumer);
      for (Value input : producer.inputs()) {
        users.add(input, consumer);
        if (gone) {
          users.remove(input, producer.output());
        }
      }
    }

    private boolean isWorth(Instruction producer, Nest consumer) {
      Nest nest = Nest.of(producer).orElseThrow();
      if (nest.domain().size() == 0) {
        return false;
      }
      Value output = producer.output();
      if (nest.operands().isEmpty() && isCheap(nest)) {
        return true;
      }
      if (!users.onlyLoops(output)) {
        return false;
      }
      boolean again = users.nests(output) > 1 || consumer.domain().size() > nest.domain().size();
      return !again || (isCheap(nest) && users.nests(output) <= CHEAP_USERS);
    }

    /** Returns the consumer with the producer's function in place of its elements. */
    private Optional<Nest> fuse(Nest consumer, Instruction producer) {
      Nest inner = Nest.of(producer).orElseThrow();
      NestBuilder builder = new NestBuilder(consumer.domain());
      List<FunctionCopy.Item> arguments = new ArrayList<>();
      for (int i = 0; i < consumer.operands().size(); i++) {
        Value operand = users.root(consumer.operands().get(i));
        View view = consumer.views().get(i);
        if (!operand.equals(producer.output())) {
          arguments.add(builder.operand(operand, view));
          continue;
        }
        Optional<Coordinates> found = Coordinates.of(view, consumer.domain(), inner.domain());
        if (found.isEmpty()) {
          return Optional.empty();
        }
        Coordinates coordinates = found.get();
        List<FunctionCopy.Item> elements = new ArrayList<>();
        for (int j = 0; j < inner.operands().size(); j++) {
          elements.add(
              builder.operand(
                  inner.operands().get(j),
                  coordinates.through(inner.views().get(j), consumer.domain().rank())));
        }
        arguments.add(
            builder
                .copy(inner.function(), elements, axis -> coordinates.index(axis, builder))
                .get(0));
      }
      Nest fused = builder.build(builder.copy(consumer.function(), arguments, builder::index));
      boolean small =
          fused.operands().size() <= MOST_OPERANDS && fused.function().nodes().size() <= MOST_NODES;
      return small ? Optional.of(fused) : Optional.empty();
    }
  }

  private static boolean isCheap(Nest nest) {
    return nest.operands().size() <= CHEAP_OPERANDS
        && nest.function().operations() <= CHEAP_OPERATIONS
        && nest.function().nodes().stream().allMatch(FuseNests::isCheap);
  }

  private static boolean isCheap(ScalarFunction.Node node) {
    if (node instanceof ScalarFunction.Unary unary) {
      return CHEAP_UNARY.contains(unary.fn());
    }
    return !(node instanceof ScalarFunction.Binary binary)
        || !EXPENSIVE_BINARY.contains(binary.fn());
  }
}
