package io.millrace.io;

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
  static OpSource of(FileNode node, AttributeCodec codec) {
    Op prototype =
        Catalogue.prototype(node.type())
            .filter(op -> op.signature().isKnown())
            .orElseThrow(() -> RuleException.unsupported("Millrace does not have this operation"));
    Map<String, Object> attributes = codec.decode(node.attributes());
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
