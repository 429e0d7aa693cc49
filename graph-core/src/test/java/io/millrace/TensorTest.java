package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static String refused(Runnable work) {
    return assertThrows(IllegalArgumentException.class, work::run).getMessage();
  }

  @Test
  void sizesBeyondCountingAreNamed() {
    assertTrue(
        assertThrows(
                ArithmeticException.class, () -> Tensor.zeros(DType.FLOAT32, 1L << 40, 1L << 40))
            .getMessage()
            .startsWith("[1099511627776,1099511627776] has more elements"));
    assertTrue(
        assertThrows(ArithmeticException.class, () -> Tensor.zeros(DType.FLOAT32, 1L << 61))
            .getMessage()
            .startsWith("float32[2305843009213693952] has more bytes"));
  }

  @Test
  void takesTheTypeOfScalars() {
    assertEquals(TensorType.of(DType.FLOAT32), Tensor.of(1f).type());
    assertEquals(TensorType.of(DType.FLOAT64), Tensor.of(1.0).type());
    assertEquals(TensorType.of(DType.INT32), Tensor.of(1).type());
    assertEquals(TensorType.of(DType.INT64), Tensor.of(1L).type());
    assertEquals(TensorType.of(DType.UINT8), Tensor.of((byte) 200).type());
    assertEquals(TensorType.of(DType.BOOL), Tensor.of(true).type());
    assertEquals(200, Tensor.of((byte) 200).intValue());
    assertTrue(Tensor.of(true).booleanValue());
    assertEquals(2.5f, Tensor.of(new double[][] {{2.5}}).floatValue());
  }

  @Test
  void nestedArraysComeBackAsTheyWere() {
    int[][][] cube = {{{1, 2}, {3, 4}, {5, 6}}};
    Tensor tensor = Tensor.of(cube);
    assertEquals(Shape.of(1, 3, 2), tensor.shape());
    assertArrayEquals(cube, (int[][][]) tensor.toArray());
    assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, tensor.toLongArray());
    assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, tensor.toDoubleArray());
    assertEquals(6, tensor.getInt(0, 2, 1));
    assertEquals(6L, tensor.getLong(0, 2, 1));
    boolean[][] flags = {{true}, {false}};
    assertArrayEquals(flags, (boolean[][]) Tensor.of(flags).toArray());
    assertEquals(3L, Tensor.of(3L).toArray());
    assertEquals(Shape.of(0, 0), Tensor.of(new float[0][5]).shape());
    assertEquals(TensorType.of(DType.FLOAT32, 0), Tensor.of(List.of()).type());
    assertEquals(TensorType.of(DType.FLOAT32, 2, 0), Tensor.of(new float[2][0]).type());
    assertEquals(TensorType.of(DType.INT64, 2), Tensor.of(List.of(1, 2L)).type());
    assertEquals(TensorType.of(DType.FLOAT64, 1, 2), Tensor.of(List.of(List.of(1, 2.5))).type());
  }

  @Test
  void raggedArraysAreRefusedWithThePosition() {
    String message = refused(() -> Tensor.of(new int[][][] {{{1}, {2}}, {{3}, {4, 5}}}));
    assertTrue(message.contains("[1, 1]") && message.contains("length 2"), message);
    assertTrue(refused(() -> Tensor.of(new float[][] {{1}, null})).contains("[1]"));
    assertTrue(refused(() -> Tensor.of("text")).contains("java.lang.String"));
    assertTrue(refused(() -> Tensor.of("text", DType.INT32)).contains("java.lang.String"));
    assertTrue(refused(() -> Tensor.of(List.of(1, List.of(2)))).contains("ragged"));
    assertTrue(refused(() -> Tensor.of(List.of(List.of(2), 1))).contains("ragged"));
  }

  @Test
  void convertsWhereNothingIsLost() {
    assertArrayEquals(
        new float[] {1, 2}, Tensor.of(new int[] {1, 2}, DType.FLOAT32).toFloatArray());
    assertArrayEquals(
        new int[] {7, 200}, Tensor.of(new byte[] {7, (byte) 200}, DType.INT32).toIntArray());
    assertArrayEquals(
        new double[] {0.5}, Tensor.of(new float[] {0.5f}, DType.FLOAT64).toDoubleArray());
    assertEquals(0.1f, Tensor.of(0.1, DType.FLOAT32).floatValue());
    assertEquals(5, Tensor.of(5L, DType.INT32).intValue());
    assertTrue(refused(() -> Tensor.of(1L << 40, DType.INT32)).contains("int32"));
    assertTrue(refused(() -> Tensor.of(-1, DType.UINT8)).contains("uint8"));
    assertEquals(0.1f, Tensor.of(new double[] {0.1}, DType.FLOAT32).floatValue());
    assertEquals(3, Tensor.of(List.of(3.0), DType.INT32).intValue());
    assertTrue(refused(() -> Tensor.of(1.5f, DType.INT32)).contains("int32"));
    assertEquals(1, Tensor.of(true, DType.INT32).intValue());
    assertTrue(refused(() -> Tensor.of(Tensor.of(1), DType.INT64)).contains("int64"));
  }

  @Test
  void flatArraysAndBuffersTakeAShape() {
    float[] values = {1, 2, 3, 4, 5, 6};
    Tensor tensor = Tensor.of(values, Shape.of(2, 3));
    assertEquals(6f, tensor.getFloat(1, 2));
    FloatBuffer buffer = FloatBuffer.wrap(values).position(2).limit(4);
    assertArrayEquals(new float[] {3, 4}, Tensor.of(buffer).toFloatArray());
    assertEquals(2, buffer.position());
    assertEquals(DType.UINT8, Tensor.of(ByteBuffer.allocateDirect(3)).dtype());
    assertTrue(refused(() -> Tensor.of(values, Shape.of(7))).contains("[7]"));
    assertTrue(Tensor.of(values).contentEquals(Tensor.of(tensor.toLiteral().reshape(Shape.of(6)))));
    assertFalse(tensor.contentEquals(Tensor.of(values)));
    assertFalse(Tensor.of(values).contentEquals(Tensor.zeros(DType.FLOAT32, 6)));
    assertSame(tensor, Tensor.of((Object) tensor));
  }

  @Test
  void copiesOnlyToAnArrayThatFits() {
    Tensor tensor = Tensor.of(new int[][] {{1, 2}, {3, 4}});
    int[] copy = new int[4];
    tensor.copyTo(copy);
    assertArrayEquals(new int[] {1, 2, 3, 4}, copy);
    assertTrue(refused(() -> tensor.copyTo(new int[3])).contains("length 3"));
    assertTrue(refused(() -> tensor.copyTo(new float[4])).contains("float[]"));
    assertTrue(refused(() -> tensor.copyTo("text")).contains("String"));
  }

  @Test
  void asksForTheRightTypeAndPlace() {
    Tensor tensor = Tensor.of(new float[2][3]);
    String message = assertThrows(IllegalStateException.class, tensor::floatValue).getMessage();
    assertTrue(message.contains("float32[2,3]"), message);
    assertThrows(IllegalStateException.class, tensor::toLongArray);
    assertThrows(IllegalStateException.class, () -> tensor.getInt(0, 0));
    assertThrows(IllegalStateException.class, () -> Tensor.of(1).booleanValue());
    assertThrows(IllegalStateException.class, () -> Tensor.of(true).intValue());
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.getFloat(2, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.getFloat(0));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.getFloat(0, -1));
  }

  @Test
  void aUseAfterCloseThrows() {
    Tensor tensor = Tensor.of(new float[] {1, 2});
    FloatBuffer view = tensor.asFloatBuffer();
    tensor.close();
    tensor.close();
    assertThrows(ClosedException.class, () -> tensor.getFloat(0));
    assertThrows(ClosedException.class, tensor::toFloatArray);
    assertThrows(ClosedException.class, tensor::asFloatBuffer);
    assertEquals(2, view.get(1));
    assertEquals(2, view.limit());
    assertThrows(ReadOnlyBufferException.class, () -> view.put(0, 5));
  }

  @Test
  void theLineThatClosedATensorIsToldWhereThatWasAskedFor() {
    TensorType type = TensorType.of(DType.FLOAT32, 2);
    String told = Closing.recorded(type);
    String line = "the tensor float32[2] was closed at io.millrace.TensorTest.theLineThat";
    assertTrue(told.startsWith(line), told);
    assertTrue(Closing.told(type).contains("-Dmillrace.recordClosing=true"));
  }
}
