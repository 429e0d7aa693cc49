package io.millrace.ops.state;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Adds operations that write variables, which are taken by references or by handles. */
final class Writes {
  private Writes() {}

  /** An operation in both of its forms. */
  interface Form {
    /** Returns the form that takes variables by handles, or by references. */
    WritingOp of(boolean handle);
  }

  /**
   * Adds an operation that writes a variable and returns the new value: a reference, or of a
   * resource variable a read that follows on the operation.
   *
   * @param ref the variable, or what was returned for another operation that wrote it
   * @param others makes the other inputs for the variable's element type
   */
  static Output add(Building to, Form form, Operand ref, Function<DType, List<Output>> others) {
    Output target = Variable.referenceOf(form.of(false).type(), ref);
    WritingOp op = form.of(target.isHandle());
    DType dtype = target.type().target().dtype();
    List<Output> inputs = new ArrayList<>(List.of(target));
    inputs.addAll(others.apply(dtype));
    String wished = to.nameOr("");
    Graph graph = to.graph();
    if (!target.isHandle()) {
      return graph.add(op, to.nameOr(op.type()), inputs).output(0);
    }
    String name = wished.isEmpty() ? op.type() : wished + "/" + op.type();
    Operation write = graph.add(op, name, inputs, before(ref));
    return ResourceOps.read(graph, target, to.nameOr("ReadVariableOp"), List.of(write));
  }

  /** Returns what has to be written before a variable is that of this result. */
  private static List<Operation> before(Operand ref) {
    return ref instanceof Variable || ref.asOutput().isHandle()
        ? List.of()
        : List.of(ref.asOutput().operation());
  }
}
