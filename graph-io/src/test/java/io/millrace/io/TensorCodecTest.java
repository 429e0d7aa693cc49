package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.millrace.io.proto.TensorProto;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads tensors as TensorFlow writes them, and writes them so that it reads them. */
class TensorCodecTest {
  private static TensorProto proto(String text) {
    TensorProto.Builder proto = TensorProto.newBuilder();
    try {
      TextFormat.merge(text, proto);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(text, e);
    }
    return proto.build();
  }

  private static String shape(long... dims) {
    StringBuilder text = new StringBuilder("tensor_shape {");
    Arrays.stream(dims).forEach(dim -> text.append(" dim { size: ").append(dim).append(" }"));
    return text.append(" } ").toString();
  }

  private static Literal decode(String text) {
    return new TensorCodec().decode(proto(text));
  }

  private static String refusal(String text) {
    return assertThrows(MalformedException.class, () -> decode(text)).getMessage();
  }

  private static Literal literal(DType dtype, Shape shape, double... values) {
    Literal.Builder literal = new Literal.Builder(new TensorType(dtype, shape));
    for (int i = 0; i < values.length; i++) {
      literal.setDouble(i, values[i]);
    }
    return literal.build();
  }

  @Test
  void readsBytesInTheOrderOfTheFile() {
    // As TensorFlow 2.21 writes tf.constant([[1., -2.], [0.5, inf]]).
    assertEquals(
        literal(DType.FLOAT32, Shape.of(2, 2), 1, -2, 0.5, Double.POSITIVE_INFINITY),
        decode(
            "dtype: DT_FLOAT "
                + shape(2, 2)
                + "tensor_content: '\\000\\000\\200?\\000\\000\\000\\300\\000\\000\\000?\\000\\000\\200\\177'"));
    assertEquals(
        literal(DType.BOOL, Shape.of(3), 1, 0, 1),
        decode("dtype: DT_BOOL " + shape(3) + "tensor_content: '\\001\\000\\377'"));
  }

  @Test
  void readsTheFieldOfEachType() {
    assertEquals(
        literal(DType.FLOAT32, Shape.of(2), 1.5, -0.0),
        decode("dtype: DT_FLOAT " + shape(2) + "float_val: 1.5 float_val: -0.0"));
    assertEquals(
        literal(DType.FLOAT64, Shape.scalar(), 0.1),
        decode("dtype: DT_DOUBLE " + shape() + "double_val: 0.1"));
    assertEquals(
        literal(DType.INT32, Shape.of(2), -7, 8),
        decode("dtype: DT_INT32 " + shape(2) + "int_val: [-7, 8]"));
    assertEquals(
        literal(DType.UINT8, Shape.of(2), 0, 255),
        decode("dtype: DT_UINT8 " + shape(2) + "int_val: [0, 255]"));
    assertEquals(
        Literal.ofLongs(1L << 40, -1),
        decode("dtype: DT_INT64 " + shape(2) + "int64_val: [1099511627776, -1]"));
    assertEquals(
        literal(DType.BOOL, Shape.of(2), 1, 0),
        decode("dtype: DT_BOOL " + shape(2) + "bool_val: [true, false]"));
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void repeatsTheLastElement(DType dtype) {
    String field =
        switch (dtype) {
          case FLOAT32 -> "float_val";
          case FLOAT64 -> "double_val";
          case INT32, UINT8 -> "int_val";
          case INT64 -> "int64_val";
          case BOOL -> "bool_val";
          case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
        };
    String begin = "dtype: " + ElementTypes.encode(dtype) + " " + shape(5);
    assertEquals(literal(dtype, Shape.of(5), 0, 1, 1, 1, 1), decode(begin + field + ": [0, 1]"));
    assertEquals(literal(dtype, Shape.of(5), 1, 1, 1, 1, 1), decode(begin + field + ": 1"));
    assertEquals(literal(dtype, Shape.of(5), 0, 0, 0, 0, 0), decode(begin));
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void readsWhatItWrites(DType dtype) {
    for (Literal literal :
        List.of(
            literal(dtype, Shape.scalar(), 1),
            literal(dtype, Shape.of(0, 3)),
            literal(dtype, Shape.of(1, 1), 1),
            literal(dtype, Shape.of(2, 3), 1, 0, 1, 1, 0, 1))) {
      assertEquals(literal, new TensorCodec().decode(TensorCodec.encode(literal)));
    }
  }

  @Test
  void keepsEveryBitOfNumbersThatAreNone() {
    byte[] bits = {1, 2, (byte) 0xA0, 0x7F};
    Literal odd = Literal.wrap(TensorType.of(DType.FLOAT32, 1), bits);
    TensorProto content =
        TensorProto.newBuilder()
            .setDtype(ElementTypes.encode(DType.FLOAT32))
            .setTensorShape(ShapeCodec.encode(Shape.of(1)))
            .setTensorContent(ByteString.copyFrom(bits))
            .build();
    assertEquals(odd, new TensorCodec().decode(content));
  }

  @Test
  void refusesElementsThatDoNotFitTheShape() {
    assertEquals(
        "a tensor of type float32[3] takes 12 bytes, but tensor_content has 8",
        refusal("dtype: DT_FLOAT " + shape(3) + "tensor_content: 'abcdefgh'"));
    assertEquals(
        "a tensor has shape [?], which is not fully defined",
        refusal("dtype: DT_INT32 " + shape(-1) + "int_val: 1"));
    assertEquals("the element type is not set", refusal(shape(1)));
  }

  @Test
  void refusesAbsurdShapes() {
    assertEquals("axis 1 of a shape has extent -2", refusal("dtype: DT_INT32 " + shape(3, -2)));
    assertTrue(
        refusal("dtype: DT_INT32 " + shape(1L << 40, 1L << 40))
            .startsWith("a shape has more than"));
    assertTrue(
        refusal("dtype: DT_INT32 " + shape(0, Long.MAX_VALUE)).startsWith("a shape has more than"));
    assertEquals(
        "a shape has 255 axes, more than 254", refusal("dtype: DT_INT32 " + shape(new long[255])));
    assertEquals(
        "a shape of unknown rank has 1 extents",
        refusal("dtype: DT_INT32 tensor_shape { unknown_rank: true dim { size: 1 } }"));
  }

  @Test
  void allocatesNothingForElementsThatTheFileOnlyClaims() {
    for (long[] claimed : new long[][] {{1L << 29}, {1L << 31}, {1L << 40}, {1L << 59}}) {
      String message = refusal("dtype: DT_FLOAT " + shape(claimed) + "float_val: 1");
      assertTrue(
          message.startsWith(
              "a tensor of type float32["
                  + claimed[0]
                  + "] has "
                  + claimed[0]
                  + " elements, of which the file holds 1: it may leave out"),
          message);
    }
  }

  @Test
  void countsWhatAllTensorsLeaveOut() {
    TensorCodec codec = new TensorCodec();
    TensorProto half =
        proto("dtype: DT_UINT8 " + shape(TensorCodec.MOST_REPEATED / 2 + 1) + "int_val: 1");
    assertEquals(1, codec.decode(half).getLong(TensorCodec.MOST_REPEATED / 2));
    assertEquals(1, codec.decode(half).getLong(TensorCodec.MOST_REPEATED / 2));
    assertThrows(
        MalformedException.class,
        () -> codec.decode(proto("dtype: DT_UINT8 " + shape(2) + "int_val: 1")));
  }

  @Test
  void namesTypesThatTheEngineDoesNotHave() {
    for (String[] each :
        new String[][] {
          {"DT_HALF", "float16"},
          {"DT_BFLOAT16", "bfloat16"},
          {"DT_STRING", "string"},
          {"DT_COMPLEX64", "complex64"},
          {"DT_INT8", "int8"},
          {"DT_UINT16", "uint16"},
          {"101", "number 101"}
        }) {
      assertEquals(
          "element type " + each[1] + " is not supported",
          assertThrows(RuleException.class, () -> decode("dtype: " + each[0] + " " + shape(1)))
              .getMessage());
    }
  }
}
