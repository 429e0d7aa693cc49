package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.array.SliceMasks;
import io.millrace.ops.linalg.DiagonalOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices whose place is data: they must be what the same slices of a known place are. */
class FedSlicesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session(String device) {
    return new Session(graph, SessionOptions.defaults().device(device));
  }

  /** What a slice gives and how it differentiates, twice. */
  private record Twin(Output known, Output fed, Output knownGradient, Output fedGradient) {}

  private Twin twin(Output x, Output known, Output fed) {
    return new Twin(known, fed, gradient(known, x), gradient(fed, x));
  }

  private Output gradient(Output slice, Output x) {
    return tf.gradients(List.of(tf.multiply(slice, slice)), List.of(x)).get(0);
  }

  private static void assertAlike(
      Session session, Twin twin, Map<Output, Object> feeds, String of) {
    List<Tensor> all =
        session.run(List.of(twin.known, twin.fed, twin.knownGradient, twin.fedGradient), feeds);
    assertEquals(all.get(0).shape(), all.get(1).shape(), of);
    assertArrayEquals(all.get(0).toFloatArray(), all.get(1).toFloatArray(), of);
    assertEquals(all.get(2).shape(), all.get(3).shape(), of);
    assertArrayEquals(all.get(2).toFloatArray(), all.get(3).toFloatArray(), of);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void whatStandsAroundIsDataToo(String device) {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 3), "x");
    Output around = tf.placeholder(DType.FLOAT32, Shape.scalar(), "around");
    for (float value : new float[] {0, 7, Float.NaN, Float.NEGATIVE_INFINITY}) {
      int[][] margins = {{1, 0}, {0, 2}};
      Twin padded = twin(x, tf.pad(x, margins, value), tf.pad(x, margins, around));
      Twin diagonals = twin(x, diagonals(x, value), diagonals(x, around));
      Output band = tf.constant(new int[] {-1, 1});
      DiagonalOps.Align align = DiagonalOps.Align.RIGHT_LEFT;
      Twin parts =
          twin(
              x,
              tf.linalg.diagPart(x, band, value, align),
              tf.linalg.diagPart(x, band, around, align));
      try (Session session = session(device)) {
        for (Twin twin : List.of(padded, diagonals, parts)) {
          for (int rows : new int[] {3, 2}) {
            Map<Output, Object> feeds = Map.of(x, counting(Shape.of(rows, 3)), around, value);
            assertAlike(session, twin, feeds, value + " around " + rows + " rows");
            String text = session.explain(List.of(twin.fed), feeds);
            assertFalse(text.contains("found first: around"), text);
          }
        }
      }
    }
  }

  private Output diagonals(Output x, Object around) {
    return tf.linalg.diag(x, 1, 3, 4, around, DiagonalOps.Align.RIGHT_LEFT);
  }

  private static Tensor counting(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return Tensor.of(values, shape);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void stridedSlices(String device) {
    Random random = new Random(4);
    for (int round = 0; round < 120; round++) {
      int rank = 1 + random.nextInt(3);
      long[] dims = random.longs(rank, 1, 5).toArray();
      int entries = 1 + random.nextInt(rank);
      int[] begin = random.ints(entries, -6, 7).toArray();
      int[] end = random.ints(entries, -6, 7).toArray();
      int[] strides =
          random.ints(entries, 1, 4).map(s -> random.nextInt(3) == 0 ? -s : s).toArray();
      SliceMasks masks = SliceMasks.none();
      for (int entry = 0; entry < entries; entry++) {
        switch (random.nextInt(7)) {
          case 0 -> masks = masks.begin(entry);
          case 1 -> masks = masks.end(entry);
          case 2 -> masks = masks.begin(entry).end(entry);
          case 3 -> {
            masks = masks.shrinkAxis(entry);
            strides[entry] = 1;
            begin[entry] = Math.floorMod(begin[entry], (int) dims[entry]);
            begin[entry] -= random.nextBoolean() ? (int) dims[entry] : 0;
          }
          default -> {}
        }
      }
      Output x = tf.placeholder(DType.FLOAT32, Shape.of(dims));
      Output from = tf.placeholder(DType.INT32, Shape.of(entries));
      Output to = tf.placeholder(DType.INT32, Shape.of(entries));
      Output known =
          tf.stridedSlice(x, tf.constant(begin), tf.constant(end), tf.constant(strides), masks);
      Output fed = tf.stridedSlice(x, from, to, tf.constant(strides), masks);
      Twin twin = twin(x, known, fed);
      String of =
          Arrays.toString(dims)
              + Arrays.toString(begin)
              + Arrays.toString(end)
              + Arrays.toString(strides)
              + masks;
      try (Session session = session(device);
          Tensor values = counting(Shape.of(dims))) {
        assertAlike(session, twin, Map.of(x, values, from, begin, to, end), of);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void slices(String device) {
    Random random = new Random(5);
    for (int round = 0; round < 60; round++) {
      int rank = 1 + random.nextInt(3);
      long[] dims = random.longs(rank, 1, 6).toArray();
      long[] begin = new long[rank];
      long[] size = new long[rank];
      for (int axis = 0; axis < rank; axis++) {
        begin[axis] = random.nextInt((int) dims[axis] + 1);
        size[axis] = random.nextInt((int) (dims[axis] - begin[axis]) + 1);
        if (random.nextInt(4) == 0) {
          begin[axis] = 0;
          size[axis] = dims[axis];
        }
      }
      Output x = tf.placeholder(DType.FLOAT32, Shape.of(dims));
      Output from = tf.placeholder(DType.INT64, Shape.of(rank));
      Twin twin =
          twin(
              x,
              tf.slice(x, tf.constant(begin), tf.constant(size)),
              tf.slice(x, from, tf.constant(size)));
      try (Session session = session(device);
          Tensor values = counting(Shape.of(dims))) {
        String of = Arrays.toString(dims) + Arrays.toString(begin) + Arrays.toString(size);
        assertAlike(session, twin, Map.of(x, values, from, begin), of);
      }
    }
  }

  @Test
  void aPlaceOutsideIsRefusedWithIt() {
    Output x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Output i = tf.placeholder(DType.INT32, Shape.scalar(), "i");
    Output rows = tf.slice(x, tf.stack(List.of(i, 0)), tf.constant(new int[] {2, 2}));
    Output row =
        tf.stridedSlice(
            x,
            tf.stack(List.of(i)),
            tf.stack(List.of(tf.add(i, 1))),
            tf.constant(new int[] {1}),
            SliceMasks.none().shrinkAxis(0));
    try (Session session = session("reference")) {
      assertArrayEquals(new float[] {3, 4, 5, 6}, session.run(rows, Map.of(i, 1)).toFloatArray());
      assertArrayEquals(new float[] {5, 6}, session.run(row, Map.of(i, -1)).toFloatArray());
      for (int place : new int[] {2, -1}) {
        assertRefused(session, rows, Map.of(i, place), "[" + place + " 0]");
      }
      for (int place : new int[] {3, -4}) {
        assertRefused(session, row, Map.of(i, place), "[" + place + "]");
      }
    }
  }

  private static void assertRefused(
      Session session, Output wanted, Map<Output, Object> feeds, String place) {
    String message =
        assertThrows(ExecutionException.class, () -> session.run(wanted, feeds)).getMessage();
    assertTrue(message.contains(place) && message.contains("FedSlicesTest.java"), message);
  }

  @Test
  void onePlanIsEnoughForAllPlaces() {
    Output x = tf.constant(new float[100][3]);
    Output i = tf.placeholder(DType.INT32, Shape.scalar(), "i");
    List<Output> all = new ArrayList<>();
    all.add(tf.slice(x, tf.stack(List.of(i, 0)), tf.constant(new int[] {2, 2})));
    all.add(
        tf.stridedSlice(x, tf.stack(List.of(i)), tf.stack(List.of(tf.add(i, 5))), new int[] {2}));
    try (Session session = session("reference")) {
      String text = session.explain(List.copyOf(all), Map.of(i, 0));
      // Of the first nothing is asked; of the second how much, which is always the same.
      assertTrue(text.contains("the sizes of StridedSlice"), text);
      assertTrue(!text.contains("found first: stack"), text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void shiftsAndBands(String device) {
    Random random = new Random(6);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(3, 4));
    Output two = tf.placeholder(DType.INT64, Shape.of(2));
    Output low = tf.placeholder(DType.INT32, Shape.scalar());
    Output high = tf.placeholder(DType.INT32, Shape.scalar());
    Output axes = tf.constant(new int[] {1, -2});
    try (Session session = session(device);
        Tensor values = counting(Shape.of(3, 4))) {
      for (int round = 0; round < 12; round++) {
        long[] shifts = {random.nextInt(20) - 10, round == 0 ? Long.MIN_VALUE : random.nextLong()};
        int below = random.nextInt(5) - 1;
        int above = random.nextInt(6) - 1;
        Map<Output, Object> feeds = Map.of(x, values, two, shifts, low, below, high, above);
        String of = Arrays.toString(shifts) + below + " " + above;
        assertAlike(
            session,
            twin(x, tf.roll(x, tf.constant(shifts), axes), tf.roll(x, two, axes)),
            feeds,
            of);
        assertAlike(
            session,
            twin(
                x,
                tf.matrixBandPart(x, tf.constant(below), tf.constant(above)),
                tf.matrixBandPart(x, low, high)),
            feeds,
            of);
      }
      Output band = tf.matrixBandPart(x, low, high);
      assertRefused(session, band, Map.of(x, values, low, 4, high, 0), "4");
      assertRefused(session, band, Map.of(x, values, low, 0, high, 5), "5");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void ranges(String device) {
    Random random = new Random(7);
    for (DType dtype : List.of(DType.INT32, DType.INT64, DType.FLOAT32, DType.FLOAT64)) {
      List<Output> fed = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        fed.add(tf.placeholder(dtype, Shape.scalar()));
      }
      Output range = tf.range(fed.get(0), fed.get(1), fed.get(2));
      try (Session session = session(device)) {
        for (int round = 0; round < 15; round++) {
          double from = number(dtype, random.nextDouble() * 20 - 10);
          double delta = number(dtype, 1 + random.nextInt(3) + random.nextDouble());
          double to = number(dtype, from + random.nextInt(9) + random.nextDouble());
          int sign = random.nextBoolean() ? 1 : -1;
          List<Tensor> ends =
              List.of(
                  scalar(dtype, sign * from),
                  scalar(dtype, sign * to),
                  scalar(dtype, sign * delta));
          Output known =
              tf.range(
                  tf.constant(ends.get(0)), tf.constant(ends.get(1)), tf.constant(ends.get(2)));
          Map<Output, Object> feeds =
              Map.of(fed.get(0), ends.get(0), fed.get(1), ends.get(1), fed.get(2), ends.get(2));
          List<Tensor> both = session.run(List.of(known, range), feeds);
          assertEquals(both.get(0).toString(), both.get(1).toString());
          assertEquals(both.get(0).shape(), both.get(1).shape());
        }
        for (int[] wrong : new int[][] {{0, 3, 0}, {3, 0, 1}, {0, 3, -1}}) {
          Map<Output, Object> feeds =
              Map.of(
                  fed.get(0), scalar(dtype, wrong[0]),
                  fed.get(1), scalar(dtype, wrong[1]),
                  fed.get(2), scalar(dtype, wrong[2]));
          assertRefused(session, range, feeds, "give no range");
        }
      }
    }
  }

  @Test
  void aRangeTooLongIsRefused() {
    Output from = tf.placeholder(DType.INT64, Shape.scalar());
    Output to = tf.placeholder(DType.INT64, Shape.scalar());
    Output range = tf.range(from, to, 1L);
    try (Session session = session("reference")) {
      Map<Output, Object> feeds = Map.of(from, Long.MIN_VALUE, to, Long.MAX_VALUE);
      assertRefused(session, range, feeds, "give no range");
    }
  }

  private static double number(DType dtype, double value) {
    return dtype.isFloating() ? (float) value : (long) value;
  }

  private static Tensor scalar(DType dtype, double value) {
    return Tensor.of(dtype.isFloating() ? (Object) value : (Object) (long) value, dtype);
  }
}
