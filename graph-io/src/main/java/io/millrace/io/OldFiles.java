package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorShapeProto;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what graphs of old versions of TensorFlow mean, as TensorFlow does. */
final class OldFiles {
  /** The first version of graphs in which an empty shape of a placeholder is that of a scalar. */
  private static final int SHAPES_ARE_SAID = 22;

  private static final String SHAPE = "shape";

  private OldFiles() {}

  /**
   * Returns a graph that says by today's rules what an old one says by its own.
   *
   * <ul>
   *   <li>Up to version 21 an empty shape of a placeholder is an unknown one. A graph without a
   *       version is older than all.
   *   <li>A variable of the first kind, {@code Variable}, whose shape is empty is a scalar, unless
   *       an assignment that does not validate shapes may change that.
   * </ul>
   */
  static GraphDef modern(GraphDef graph) {
    boolean old = graph.getVersions().getProducer() < SHAPES_ARE_SAID;
    Set<String> reshaped = reshaped(graph);
    GraphDef.Builder modern = null;
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeDef node = graph.getNode(i);
      boolean unknown =
          (old && node.getOp().equals("Placeholder"))
              || (node.getOp().equals("Variable") && reshaped.contains(node.getName()));
      if (unknown && isEmptyShape(node.getAttrMap().get(SHAPE))) {
        modern = modern == null ? graph.toBuilder() : modern;
        modern.setNode(i, node.toBuilder().putAttr(SHAPE, unknownShape()));
      }
    }
    return modern == null ? graph : modern.build();
  }

  private static Set<String> reshaped(GraphDef graph) {
    Set<String> names = new HashSet<>();
    for (NodeDef node : graph.getNodeList()) {
      AttrValue validates = node.getAttrMap().get("validate_shape");
      if (node.getOp().equals("Assign")
          && node.getInputCount() > 0
          && validates != null
          && !validates.getB()) {
        names.add(node.getInput(0));
      }
    }
    return names;
  }

  private static boolean isEmptyShape(@Nullable AttrValue value) {
    return value != null
        && value.hasShape()
        && !value.getShape().getUnknownRank()
        && value.getShape().getDimCount() == 0;
  }

  private static AttrValue unknownShape() {
    return AttrValue.newBuilder()
        .setShape(TensorShapeProto.newBuilder().setUnknownRank(true))
        .build();
  }
}
