package io.millrace.compiler;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** What must hold of an instruction with programs inside, and of those. */
final class ControlRules {
  private final Control control;
  private final List<TensorType> inputs;
  private final List<TensorType> outputs;

  ControlRules(Control control, List<TensorType> inputs, List<TensorType> outputs) {
    this.control = control;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  void choose(Control.Choose choose) {
    Verifier.require(!choose.branches().isEmpty(), "has no branch");
    carries();
    Verifier.require(
        inputs.get(0).equals(TensorType.of(DType.INT32)), "is told the branch by an int32 scalar");
    for (int i = 0; i < choose.branches().size(); i++) {
      Program branch = choose.branches().get(i);
      is("branch " + i + " is fed", branch.feeds(), inputs.subList(fed(), inputs.size()));
      is("branch " + i + " gives", fetches(branch), outputs.subList(given(), outputs.size()));
      inside("branch " + i, branch);
    }
  }

  void repeat(Control.Repeat repeat) {
    carries();
    Verifier.require(
        inputs.get(0).equals(TensorType.of(DType.BOOL)),
        "is told by a bool scalar whether there is a first turn");
    Verifier.require(
        inputs.get(1).equals(TensorType.of(DType.INT64)),
        "is told by an int64 scalar where walks backwards begin");
    Verifier.require(
        outputs.get(0).equals(TensorType.of(DType.INT64)), "counts its turns in an int64 scalar");
    Verifier.require(inputs.size() >= repeat.firstKept(), "scans more than it is given");
    List<TensorType> fed = new ArrayList<>();
    for (TensorType scanned : inputs.subList(repeat.firstScanned(), repeat.firstKept())) {
      fed.add(row(scanned, repeat));
    }
    fed.addAll(inputs.subList(repeat.firstKept(), inputs.size()));
    is("the turn is fed", repeat.turn().feeds(), fed);
    List<TensorType> given = new ArrayList<>();
    given.add(TensorType.of(DType.BOOL));
    for (TensorType collected : outputs.subList(given(), outputs.size())) {
      given.add(row(collected, repeat));
    }
    is("the turn gives", fetches(repeat.turn()), given);
    boolean rows = !repeat.scanned().isEmpty() || repeat.collected() > 0;
    Verifier.require(!rows || repeat.isLimited(), "has a capacity if it scans or collects");
    inside("the turn", repeat.turn());
  }

  private static TensorType row(TensorType tensor, Control.Repeat repeat) {
    int rank = tensor.shape().rank();
    Verifier.require(
        rank > 0 && tensor.shape().dim(0) == repeat.capacity(),
        "%s has not the %d rows of the capacity",
        tensor,
        repeat.capacity());
    return tensor.withShape(tensor.shape().slice(1, rank));
  }

  /** Returns the position of the first input beyond the carried values. */
  private int fed() {
    return control.firstInput() + control.carried().size();
  }

  private int given() {
    return control.firstOutput() + control.carried().size();
  }

  private void carries() {
    Verifier.require(
        inputs.size() >= fed() && outputs.size() >= given(), "carries more than it is given");
    Verifier.require(
        new HashSet<>(control.carried()).size() == control.carried().size(),
        "carries a value twice");
    for (int i = 0; i < control.carried().size(); i++) {
      Resource resource = control.carried().get(i);
      Verifier.require(resource.passing(), "carries %s, which outlives it", resource.name());
      TensorType first = inputs.get(control.firstInput() + i);
      TensorType last = outputs.get(control.firstOutput() + i);
      Verifier.require(
          first.equals(resource.type()) && last.equals(resource.type()),
          "carries %s of type %s, but begins with %s and ends with %s",
          resource.name(),
          resource.type(),
          first,
          last);
    }
  }

  private static List<TensorType> fetches(Program program) {
    return program.fetches().stream().map(Value::type).toList();
  }

  private static void is(String what, List<TensorType> types, List<TensorType> wanted) {
    Verifier.require(types.equals(wanted), "%s %s and not %s", what, types, wanted);
  }

  private void inside(String name, Program program) {
    for (Instruction instruction : program.instructions()) {
      if (instruction.primitive() instanceof Primitive.Read read) {
        carriesResource(name, "reads", read.resource());
      }
    }
    program.updates().forEach(u -> carriesResource(name, "updates", u.resource()));
    Verifier.verify(program);
  }

  private void carriesResource(String name, String does, Resource resource) {
    Verifier.require(
        control.carried().contains(resource),
        "%s %s %s, which is not carried",
        name,
        does,
        resource.name());
  }
}
