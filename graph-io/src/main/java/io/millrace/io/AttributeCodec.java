package io.millrace.io;

import com.google.protobuf.ByteString;
import io.millrace.GraphFunction;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.NameAttrList;
import io.millrace.op.NodeNames;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Translates the attributes of one file's nodes.
 *
 * <p>On our side a value is a Boolean, Long, Float, String, {@link DType}, {@link Shape}, {@link
 * Literal} or {@link GraphFunction}, or a list of one of these kinds.
 */
final class AttributeCodec {
  private final TensorCodec tensors = new TensorCodec();
  private final FileFunctions functions;

  AttributeCodec(FileFunctions functions) {
    this.functions = functions;
  }

  /**
   * Returns a value as TensorFlow writes it.
   *
   * @param names tells what functions are called in the file
   */
  static AttrValue encode(Object value, Function<GraphFunction, String> names) {
    if (value instanceof GraphFunction function) {
      return AttrValue.newBuilder().setFunc(call(function, names)).build();
    }
    if (value instanceof List<?> list) {
      AttrValue.ListValue.Builder items = AttrValue.ListValue.newBuilder();
      for (Object item : list) {
        if (item instanceof GraphFunction function) {
          items.addFunc(call(function, names));
        } else {
          add(items, item);
        }
      }
      return AttrValue.newBuilder().setList(items).build();
    }
    return encode(value);
  }

  private static NameAttrList call(GraphFunction function, Function<GraphFunction, String> names) {
    return NameAttrList.newBuilder().setName(names.apply(function)).build();
  }

  /** Returns a value that is neither a function nor a list as TensorFlow writes it. */
  static AttrValue encode(Object value) {
    AttrValue.Builder proto = AttrValue.newBuilder();
    if (value instanceof Boolean bool) {
      proto.setB(bool);
    } else if (value instanceof Long number) {
      proto.setI(number);
    } else if (value instanceof Float number) {
      proto.setF(number);
    } else if (value instanceof String text) {
      proto.setS(ByteString.copyFromUtf8(text));
    } else if (value instanceof DType dtype) {
      proto.setType(ElementTypes.encode(dtype));
    } else if (value instanceof Shape shape) {
      proto.setShape(ShapeCodec.encode(shape));
    } else if (value instanceof Literal literal) {
      proto.setTensor(TensorCodec.encode(literal));
    } else {
      throw unknown(value);
    }
    return proto.build();
  }

  private static void add(AttrValue.ListValue.Builder items, Object value) {
    if (value instanceof Boolean bool) {
      items.addB(bool);
    } else if (value instanceof Long number) {
      items.addI(number);
    } else if (value instanceof Float number) {
      items.addF(number);
    } else if (value instanceof String text) {
      items.addS(ByteString.copyFromUtf8(text));
    } else if (value instanceof DType dtype) {
      items.addType(ElementTypes.encode(dtype));
    } else if (value instanceof Shape shape) {
      items.addShape(ShapeCodec.encode(shape));
    } else if (value instanceof Literal literal) {
      items.addTensor(TensorCodec.encode(literal));
    } else {
      throw unknown(value);
    }
  }

  private static IllegalArgumentException unknown(Object value) {
    return new IllegalArgumentException(
        "no attribute holds a " + value.getClass().getName() + ": " + value);
  }

  /**
   * Returns the attributes of a node that mean something: names that begin with an underscore are
   * notes of TensorFlow's own, and one without a value is as good as left out.
   *
   * @throws RuleException if the engine has nothing like a value
   * @throws MalformedException if a value is none
   */
  Map<String, Object> decode(Map<String, AttrValue> attributes) {
    Map<String, Object> decoded = new TreeMap<>();
    for (Map.Entry<String, AttrValue> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      boolean isSet = attribute.getValue().getValueCase() != AttrValue.ValueCase.VALUE_NOT_SET;
      if (isSet && !name.startsWith("_")) {
        try {
          decoded.put(name, decode(attribute.getValue()));
        } catch (RuleException e) {
          throw e.within("attribute " + NodeNames.quote(name) + ": ");
        } catch (MalformedException e) {
          throw new MalformedException(
              "attribute " + NodeNames.quote(name) + ": " + e.getMessage());
        }
      }
    }
    return decoded;
  }

  private Object decode(AttrValue value) {
    return switch (value.getValueCase()) {
      case LIST -> decode(value.getList());
      case S -> value.getS().toStringUtf8();
      case I -> value.getI();
      case F -> value.getF();
      case B -> value.getB();
      case TYPE -> ElementTypes.decode(value.getTypeValue());
      case SHAPE -> ShapeCodec.decode(value.getShape());
      case TENSOR -> tensors.decode(value.getTensor());
      case FUNC -> functions.get(value.getFunc());
      case PLACEHOLDER -> throw new MalformedException("its value is left to a function's caller");
      case VALUE_NOT_SET -> throw new MalformedException("it has no value");
    };
  }

  private List<Object> decode(AttrValue.ListValue list) {
    List<Object> items = new ArrayList<>();
    list.getSList().forEach(text -> items.add(text.toStringUtf8()));
    items.addAll(list.getIList());
    items.addAll(list.getFList());
    items.addAll(list.getBList());
    list.getTypeValueList().forEach(type -> items.add(ElementTypes.decode(type)));
    list.getShapeList().forEach(shape -> items.add(ShapeCodec.decode(shape)));
    list.getTensorList().forEach(tensor -> items.add(tensors.decode(tensor)));
    list.getFuncList().forEach(function -> items.add(functions.get(function)));
    long kinds =
        IntStream.of(
                list.getSCount(),
                list.getICount(),
                list.getFCount(),
                list.getBCount(),
                list.getTypeCount(),
                list.getShapeCount(),
                list.getTensorCount(),
                list.getFuncCount())
            .filter(count -> count > 0)
            .count();
    if (kinds > 1) {
      throw new MalformedException("a list holds values of several kinds");
    }
    return items;
  }
}
