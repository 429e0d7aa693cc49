package io.millrace.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.Shape;
import org.junit.jupiter.api.Test;

class ViewTest {
  @Test
  void denseViewWalksInOrder() {
    Shape shape = Shape.of(2, 3);
    View view = View.dense(shape);
    assertEquals(5, view.element(1, 2));
    assertTrue(view.isDense(shape));
    assertFalse(view.isUniform());
    assertEquals("(3,1)", view.toString());
  }

  @Test
  void broadcastRepeatsAxesOfOneAndMissingOnes() {
    assertEquals(View.of(0, 0, 0, 1), View.broadcast(Shape.of(4), Shape.of(2, 3, 4)));
    assertEquals(View.of(0, 1, 0), View.broadcast(Shape.of(2, 1), Shape.of(2, 3)));
    assertTrue(View.broadcast(Shape.scalar(), Shape.of(2, 3)).isUniform());
    assertEquals(View.of(0, 0, 0), View.broadcast(Shape.of(1), Shape.of(0, 3)));
  }

  @Test
  void broadcastRefusesOtherExtents() {
    assertThrows(IllegalArgumentException.class, () -> View.broadcast(Shape.of(2), Shape.of(3)));
    assertThrows(IllegalArgumentException.class, () -> View.broadcast(Shape.of(2), Shape.of(1)));
    assertThrows(IllegalArgumentException.class, () -> View.broadcast(Shape.of(1, 3), Shape.of(3)));
  }

  @Test
  void axesOfOneDoNotMatterForOrder() {
    assertTrue(View.of(0, 7, 1).isDense(Shape.of(1, 3)));
    assertTrue(View.of(4, 3, 1).isDense(Shape.of(2, 3), 4));
    assertFalse(View.of(4, 3, 1).isDense(Shape.of(2, 3)));
    assertFalse(View.of(0, 1, 2).isDense(Shape.of(2, 3)));
    assertFalse(View.of(2, -1).isDense(Shape.of(3), 2));
  }

  @Test
  void offsetsAndStridesMakeTheElement() {
    View reversed = View.of(5, -3, -1);
    assertEquals(5, reversed.element(0, 0));
    assertEquals(0, reversed.element(1, 2));
    assertEquals("5+(-3,-1)", reversed.toString());
    assertEquals(View.of(5, -3, -1), reversed);
    assertNotEquals(View.of(4, -3, -1), reversed);
  }

  @Test
  void laterChangesOfArraysDoNotReachTheView() {
    long[] strides = {1};
    View view = View.of(0, strides);
    strides[0] = 9;
    view.strides()[0] = 9;
    assertEquals(1, view.stride(0));
  }
}
