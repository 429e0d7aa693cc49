package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.GraphException;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import io.millrace.io.proto.TensorShapeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Changes sound graphs at random, always the same way, and reads what comes of it. */
class MutationTest {
  private static final long[] EXTREME = {
    100,
    255,
    65536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    1L << 40,
    1L << 59,
    1L << 60,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final Random random = new Random(2474);
  private final List<byte[]> samples = GraphSamples.all();
  private int sound;
  private int refused;

  private void read(byte[] bytes, int mutation) {
    try {
      GraphDefs.read(bytes);
      sound++;
    } catch (GraphDefException | GraphException e) {
      assertTrue(e.getMessage().length() < 10_000, e.getMessage());
      assertTrue(e.getMessage().contains("(MutationTest.java:"), e.getMessage());
      refused++;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      fail("mutation " + mutation, e);
    }
  }

  @Test
  void survivesChangedBytes() {
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
      for (int changes = random.nextInt(3); changes >= 0 && bytes.length > 0; changes--) {
        bytes = changed(bytes);
      }
      read(bytes, i);
    }
    assertTrue(refused > 1000 && sound > 20, refused + " refused, " + sound + " read");
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int count = Math.min(bytes.length - at, 1 + random.nextInt(30));
    byte[] head = Arrays.copyOf(bytes, at);
    byte[] part = Arrays.copyOfRange(bytes, at, at + count);
    byte[] tail = Arrays.copyOfRange(bytes, at + count, bytes.length);
    switch (random.nextInt(6)) {
      case 0 -> part[0] ^= (byte) (1 << random.nextInt(8));
      case 1 -> part[0] = (byte) random.nextInt(256);
      case 2 -> random.nextBytes(part);
      case 3 -> part = new byte[0];
      case 4 -> part = new byte[] {-1, -1, -1, -1, 15};
      default -> head = bytes;
    }
    return ByteString.copyFrom(head)
        .concat(ByteString.copyFrom(part))
        .concat(ByteString.copyFrom(tail))
        .toByteArray();
  }

  @Test
  void survivesChangedFields() throws InvalidProtocolBufferException {
    for (int i = 0; i < 2500; i++) {
      GraphDef.Builder graph =
          GraphDef.parseFrom(samples.get(random.nextInt(samples.size()))).toBuilder();
      for (int changes = random.nextInt(2); changes >= 0; changes--) {
        int at = random.nextInt(graph.getNodeCount());
        graph.setNode(at, changed(graph.getNode(at), graph));
      }
      read(graph.build().toByteArray(), i);
    }
    assertTrue(refused > 1000 && sound > 300, refused + " refused, " + sound + " read");
  }

  private NodeDef changed(NodeDef node, GraphDef.Builder graph) {
    NodeDef.Builder changed = node.toBuilder();
    NodeDef other = graph.getNode(random.nextInt(graph.getNodeCount()));
    List<String> attributes = new ArrayList<>(new TreeSet<>(node.getAttrMap().keySet()));
    String attribute =
        attributes.isEmpty() ? "new" : attributes.get(random.nextInt(attributes.size()));
    int inputs = node.getInputCount();
    switch (random.nextInt(14)) {
      case 0 -> changed.setName(other.getName());
      case 1 -> changed.setOp(other.getOp());
      case 2 -> changed.addInput(other.getName() + ":" + number());
      case 3 -> changed.addInput("^" + other.getName());
      case 4 -> changed.clearInput().addAllInput(node.getInputList().subList(0, inputs / 2));
      case 5 -> changed.removeAttr(attribute);
      case 6 -> changed.putAttr("more", value());
      case 7 -> changed.putAttr(attribute, value());
      case 8 -> changed.putAllAttr(other.getAttrMap());
      case 9 -> {
        if (inputs > 0) {
          changed.setInput(random.nextInt(inputs), other.getName());
        }
      }
      default -> {
        if (!attributes.isEmpty()) {
          changed.putAttr(attribute, like(node.getAttrMap().get(attribute)));
        }
      }
    }
    return changed.build();
  }

  private long number() {
    return random.nextInt(3) > 0 ? random.nextInt(7) - 1 : EXTREME[random.nextInt(EXTREME.length)];
  }

  private int type() {
    return random.nextInt(4) > 0
        ? new int[] {1, 2, 3, 4, 9, 10}[random.nextInt(6)]
        : (int) number();
  }

  private TensorShapeProto shape() {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    int rank = random.nextInt(30) == 0 ? 300 : random.nextInt(5);
    for (int axis = 0; axis < rank; axis++) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(number()));
    }
    return shape.setUnknownRank(random.nextInt(10) == 0).build();
  }

  private TensorProto tensor(int type, TensorShapeProto shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtypeValue(type).setTensorShape(shape);
    for (int count = random.nextInt(4); count > 0; count--) {
      tensor.addFloatVal((float) number()).addDoubleVal((double) number()).addBoolVal(number() > 0);
      tensor.addIntVal((int) number()).addInt64Val(number());
    }
    return tensor.build();
  }

  private AttrValue value() {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    for (int count = random.nextInt(6); count > 0; count--) {
      list.addI(number());
    }
    AttrValue.Builder value = AttrValue.newBuilder();
    return switch (random.nextInt(9)) {
      case 0 -> value.setB(random.nextBoolean()).build();
      case 1 -> value.setI(number()).build();
      case 2 -> value.setF(random.nextBoolean() ? Float.NaN : (float) number()).build();
      case 3 -> value.setTypeValue(type()).build();
      case 4 -> value.setShape(shape()).build();
      case 5 -> value.setTensor(tensor(type(), shape())).build();
      case 6 -> value.setS(ByteString.copyFromUtf8(random.nextBoolean() ? "SAME" : "x\0")).build();
      case 7 ->
          value.setList(random.nextBoolean() ? list : list.addB(true).addShape(shape())).build();
      default -> value.build();
    };
  }

  /** Returns another value of the same kind. */
  private AttrValue like(AttrValue value) {
    AttrValue.Builder changed = AttrValue.newBuilder();
    return switch (value.getValueCase()) {
      case B -> changed.setB(!value.getB()).build();
      case I -> changed.setI(number()).build();
      case TYPE -> changed.setTypeValue(type()).build();
      case SHAPE -> changed.setShape(shape()).build();
      case TENSOR -> {
        TensorProto tensor = value.getTensor();
        TensorShapeProto shape = random.nextBoolean() ? shape() : tensor.getTensorShape();
        yield changed.setTensor(tensor(tensor.getDtypeValue(), shape)).build();
      }
      case LIST -> {
        AttrValue.ListValue.Builder list = value.getList().toBuilder();
        if (list.getICount() > 0) {
          list.setI(random.nextInt(list.getICount()), number());
        }
        yield changed.setList(list).build();
      }
      default -> value();
    };
  }
}
