package io.millrace.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.FunctionDefLibrary;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.ForeignOp;
import io.millrace.op.NodeNames;
import io.millrace.op.Op;
import io.millrace.ops.Catalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A node of a file that the engine cannot compute, as it stands there.
 *
 * @param node the node; its name and inputs are those of the graph instead
 * @param back the inputs that lead back in a loop, which a graph does not have: by position the
 *     names of the tensors
 * @param library the functions of the file, if the node calls any
 */
record FileOp(
    NodeDef node,
    String reason,
    List<ForeignOp.Result> results,
    Map<Integer, String> back,
    FunctionDefLibrary library)
    implements ForeignOp {
  private static final String PLACES = "_class";
  private static final String PLACE = "loc:@";

  FileOp {
    results = List.copyOf(results);
    back = Map.copyOf(back);
  }

  /** Returns a node whose notes about places name nodes under a scope. */
  static NodeDef under(String scope, NodeDef node) {
    if (scope.isEmpty() || !node.containsAttr(PLACES)) {
      return node;
    }
    AttrValue.ListValue.Builder places = AttrValue.ListValue.newBuilder();
    for (ByteString place : node.getAttrOrThrow(PLACES).getList().getSList()) {
      String text = place.toStringUtf8();
      places.addS(
          text.startsWith(PLACE)
              ? ByteString.copyFromUtf8(PLACE + scope + text.substring(PLACE.length()))
              : place);
    }
    return node.toBuilder().putAttr(PLACES, AttrValue.newBuilder().setList(places).build()).build();
  }

  @Override
  public String type() {
    return node.getOp();
  }

  /**
   * Returns what the operation is in other forms, which the engine has: of others, nothing is
   * known.
   */
  @Override
  public boolean isStateful() {
    return Catalogue.prototype(type()).map(Op::isStateful).orElse(true);
  }

  /**
   * Returns the inputs of the file's node, those that lead back among the given ones.
   *
   * @param written writes one that leads back, by the name of its tensor
   */
  List<String> inputs(List<String> given, UnaryOperator<String> written) {
    List<String> all = new ArrayList<>();
    int next = 0;
    while (next < given.size() || back.containsKey(all.size())) {
      String text = back.get(all.size());
      all.add(text != null ? written.apply(text) : given.get(next++));
    }
    return all;
  }

  /** Returns the type and the attributes, long ones shortened. */
  @Override
  public String toString() {
    Map<String, String> texts = new TreeMap<>();
    node.getAttrMap().forEach((name, value) -> texts.put(name, text(value)));
    back.forEach((input, name) -> texts.put("input " + input, name));
    return type() + texts.toString().replaceFirst("^\\{", "[").replaceFirst("\\}$", "]");
  }

  private static String text(AttrValue value) {
    return switch (value.getValueCase()) {
      case TYPE -> ElementTypes.name(value.getTypeValue());
      case S -> NodeNames.quote(value.getS().toStringUtf8());
      case I -> Long.toString(value.getI());
      case F -> Float.toString(value.getF());
      case B -> Boolean.toString(value.getB());
      case TENSOR -> ElementTypes.name(value.getTensor().getDtypeValue()) + " tensor";
      default ->
          NodeNames.plain(TextFormat.printer().emittingSingleLine(true).printToString(value));
    };
  }
}
