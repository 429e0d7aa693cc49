package io.millrace.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.millrace.io.proto.TensorProto;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Translates the tensors of one graph.
 *
 * <p>In a file, elements lie in {@code tensor_content}, all of them, or in the field of their type,
 * where the last one stands for all that are missing, none for zeros, and what is too many is
 * passed over. So a few bytes of a file can claim much memory: all tensors of a graph together may
 * leave out {@link #MOST_REPEATED} bytes.
 */
final class TensorCodec {
  /** How many bytes of missing elements are filled in for one graph. */
  static final long MOST_REPEATED = 1L << 28;

  private long repeated;

  /** Returns a tensor as TensorFlow writes it. */
  static TensorProto encode(Literal literal) {
    TensorType type = literal.type();
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setDtype(ElementTypes.encode(type.dtype()))
            .setTensorShape(ShapeCodec.encode(type.shape()));
    if (literal.size() != 1) {
      return proto.setTensorContent(UnsafeByteOperations.unsafeWrap(literal.bytes())).build();
    }
    TensorField.of(type.dtype()).add().bits(proto, literal.bits(0));
    return proto.build();
  }

  /**
   * Returns the tensor that a file says.
   *
   * @throws RuleException if the engine does not have its element type
   * @throws MalformedException if its elements do not fit its shape, or too many are left out
   */
  Literal decode(TensorProto proto) {
    DType dtype = ElementTypes.decode(proto.getDtypeValue());
    if (dtype.isHandle()) {
      throw RuleException.unsupported("a tensor of type " + dtype + " is not supported");
    }
    Shape shape = ShapeCodec.decode(proto.getTensorShape());
    require(shape.isFullyDefined(), "a tensor has shape %s, which is not fully defined", shape);
    TensorType type = new TensorType(dtype, shape);
    ByteString content = proto.getTensorContent();
    if (!content.isEmpty()) {
      require(
          content.size() == type.bytes(),
          "a tensor of type %s takes %d bytes, but tensor_content has %d",
          type,
          type.bytes(),
          content.size());
      byte[] bytes = content.toByteArray();
      if (dtype.isBoolean()) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
        }
      }
      return Literal.wrap(type, bytes);
    }
    return Literal.wrap(type, fill(type, proto));
  }

  private byte[] fill(TensorType type, TensorProto proto) {
    TensorField field = TensorField.of(type.dtype());
    int size = type.dtype().bytes();
    long wanted = type.shape().size();
    int written = (int) Math.min(wanted, field.count().applyAsInt(proto));
    long missing = type.bytes() - (long) written * size;
    require(
        missing <= MOST_REPEATED - repeated,
        "a tensor of type %s has %d elements, of which the file holds %d: it may leave out elements"
            + " of %d bytes in all its tensors together",
        type,
        wanted,
        written,
        MOST_REPEATED);
    repeated += missing;
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < written; i++) {
      Elements.setBits(type.dtype(), data, i * size, field.get().bits(proto, i));
    }
    if (written > 0) {
      repeat(bytes, (written - 1) * size, written * size);
    }
    return bytes;
  }

  /** Fills the rest of an array with copies of what lies between these places. */
  private static void repeat(byte[] bytes, int from, int to) {
    for (int end = to; end < bytes.length; ) {
      int count = Math.min(end - from, bytes.length - end);
      System.arraycopy(bytes, from, bytes, end, count);
      end += count;
    }
  }

  private static void require(boolean holds, String rule, Object... arguments) {
    if (!holds) {
      throw new MalformedException(String.format(rule, arguments));
    }
  }
}
