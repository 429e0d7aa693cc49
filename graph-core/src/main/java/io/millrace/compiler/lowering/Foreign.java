package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.UnsupportedException;
import io.millrace.op.ForeignOp;
import io.millrace.op.NodeList;
import io.millrace.type.SourceLine;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds operations that the engine does not have among those that are needed. */
final class Foreign {
  private Foreign() {}

  /**
   * Refuses operations that the engine does not have, all of them together.
   *
   * @param who who needs them
   * @param callers the calls that led there, each on lines of its own
   * @throws UnsupportedException if there are any
   */
  static void refuse(List<Operation> operations, String who, String callers) {
    NodeList nodes = new NodeList();
    Set<SourceLine> lines = new LinkedHashSet<>();
    for (Operation operation : operations) {
      if (operation.op() instanceof ForeignOp foreign) {
        nodes.add(operation.type(), operation.name(), foreign.reason());
        lines.add(operation.source());
      }
    }
    if (!nodes.isEmpty()) {
      StringBuilder text = new StringBuilder(who + " needs operations that cannot be computed:");
      text.append(nodes);
      lines.forEach(line -> text.append("\n  at ").append(line));
      throw new UnsupportedException(text + callers, nodes.types());
    }
  }
}
