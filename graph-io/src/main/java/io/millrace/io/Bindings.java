package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.NameAttrList;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.OpDef;
import io.millrace.op.NodeNames;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the attributes of a function are in some of its calls: its placeholders stand for that. */
final class Bindings {
  private final Map<String, AttrValue> values;
  private long bytes;

  /**
   * Binds what a call says, and what the function says where the call leaves it out.
   *
   * @param call the attributes of the call
   */
  Bindings(OpDef signature, Map<String, AttrValue> call) {
    values = new HashMap<>();
    for (OpDef.AttrDef attribute : signature.getAttrList()) {
      if (attribute.hasDefaultValue()) {
        values.put(attribute.getName(), attribute.getDefaultValue());
      }
    }
    values.putAll(call);
  }

  /** Returns the bytes of all values that placeholders were replaced by so far. */
  long bytes() {
    return bytes;
  }

  private AttrValue value(String name) {
    AttrValue value = values.get(name);
    if (value == null) {
      throw new MalformedException(
          "the function's attribute " + NodeNames.quote(name) + " is not bound by its call");
    }
    return value;
  }

  /**
   * Returns the element types of an argument or a result: one for each tensor that it is.
   *
   * @throws MalformedException if an attribute is not bound, or says no number
   */
  List<Integer> types(OpDef.ArgDef argument) {
    if (!argument.getTypeListAttr().isEmpty()) {
      return value(argument.getTypeListAttr()).getList().getTypeValueList();
    }
    int type =
        argument.getTypeAttr().isEmpty()
            ? argument.getTypeValue()
            : value(argument.getTypeAttr()).getTypeValue();
    int count =
        argument.getNumberAttr().isEmpty()
            ? 1
            : OutputTable.checked(value(argument.getNumberAttr()).getI());
    return Collections.nCopies(count, type);
  }

  /**
   * Returns a node whose attributes are values.
   *
   * @throws MalformedException if a placeholder stands for nothing
   */
  NodeDef bound(NodeDef node) {
    if (node.getAttrMap().values().stream().noneMatch(Bindings::isOpen)) {
      return node;
    }
    return node.toBuilder().clearAttr().putAllAttr(bound(node.getAttrMap())).build();
  }

  private Map<String, AttrValue> bound(Map<String, AttrValue> attributes) {
    Map<String, AttrValue> bound = new TreeMap<>();
    attributes.forEach((name, value) -> bound.put(name, bound(value)));
    return bound;
  }

  private AttrValue bound(AttrValue value) {
    if (!isOpen(value)) {
      return value;
    }
    switch (value.getValueCase()) {
      case PLACEHOLDER:
        AttrValue stands = value(value.getPlaceholder());
        bytes += stands.getSerializedSize();
        return stands;
      case FUNC:
        return value.toBuilder().setFunc(bound(value.getFunc())).build();
      default:
        AttrValue.ListValue.Builder list = value.getList().toBuilder().clearFunc();
        value.getList().getFuncList().forEach(f -> list.addFunc(bound(f)));
        return value.toBuilder().setList(list).build();
    }
  }

  private NameAttrList bound(NameAttrList function) {
    return function.toBuilder().clearAttr().putAllAttr(bound(function.getAttrMap())).build();
  }

  /** Returns whether there is a placeholder in a value. */
  private static boolean isOpen(AttrValue value) {
    return switch (value.getValueCase()) {
      case PLACEHOLDER -> true;
      case FUNC -> value.getFunc().getAttrMap().values().stream().anyMatch(Bindings::isOpen);
      case LIST ->
          value.getList().getFuncList().stream()
              .flatMap(f -> f.getAttrMap().values().stream())
              .anyMatch(Bindings::isOpen);
      default -> false;
    };
  }
}
