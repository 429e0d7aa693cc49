package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.Output;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.op.Signature;
import io.millrace.ops.Catalogue;
import io.millrace.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node of a file says of an operation that the engine has.
 *
 * <p>Which operation that is can depend on the element types of its inputs, but a node nearly
 * always says these too. So it is known, and known to be supported, before there are any inputs.
 *
 * @param prototype an operation of the same name
 * @param types the element types of the inputs as the attributes say, if they do
 * @param op the operation if the types are known
 */
record OpSource(
    Op prototype, Map<String, Object> attributes, Optional<List<DType>> types, Optional<Op> op) {

  /**
   * Reads the attributes of a node.
   *
   * @throws RuleException if the engine does not have the operation, or not so, or the node breaks
   *     one of its rules
   * @throws MalformedException if a value is malformed
   */
  static OpSource of(FileNode node, FileFunctions functions) {
    if (functions.names().contains(node.type())) {
      return call(node, functions.called(node));
    }
    Op prototype =
        known(node.type())
            .orElseThrow(() -> RuleException.unsupported("Millrace does not have this operation"));
    return of(node, prototype, functions.codec().decode(node.attributes()));
  }

  /** Returns whether the engine has an operation of this name, if perhaps not every form of it. */
  static boolean isKnown(String type) {
    return known(type).isPresent();
  }

  private static Optional<Op> known(String type) {
    return Catalogue.prototype(type).filter(op -> op.signature().isKnown());
  }

  /** Returns the call that a node of a function's name is. */
  private static OpSource call(FileNode node, GraphFunction function) {
    String type = function.targets().isEmpty() ? "PartitionedCall" : "StatefulPartitionedCall";
    Map<String, Object> attributes =
        Map.of(
            "f",
            function,
            "Tin",
            function.parameters().stream().map(Output::dtype).toList(),
            "Tout",
            function.results().stream().map(Output::dtype).toList());
    return of(node, known(type).orElseThrow(), attributes);
  }

  private static OpSource of(FileNode node, Op prototype, Map<String, Object> attributes) {
    Optional<List<DType>> types =
        prototype.signature().inputTypes(attributes, node.inputs().size());
    return new OpSource(
        prototype, attributes, types, types.map(t -> Signature.read(prototype, attributes, t)));
  }

  /**
   * Returns the operation for inputs of these types.
   *
   * @throws RuleException if the attributes say other types
   */
  Op op(List<DType> actual) {
    return types.equals(Optional.of(actual))
        ? op.orElseThrow()
        : Signature.read(prototype, attributes, actual);
  }
}
