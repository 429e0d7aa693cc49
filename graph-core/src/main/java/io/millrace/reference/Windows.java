package io.millrace.reference;

import io.millrace.ir.WindowAxis;
import io.millrace.type.Shape;
import java.util.List;

/** Where the elements of sliding windows lie in a tensor {@code [n, spatial..., c]}. */
final class Windows {
  private final List<WindowAxis> axes;
  private final Shape data;

  Windows(List<WindowAxis> axes, Shape data) {
    this.axes = axes;
    this.data = data;
  }

  /** Returns the spatial shape of one window. */
  Shape window() {
    return Shape.of(axes.stream().mapToLong(WindowAxis::size).toArray());
  }

  /**
   * Returns the position in the data of a window's element, or -1 if it lies in the padding.
   *
   * @param at {@code [n, window's position..., ...]}
   * @param inside {@code [..., element's position in the window...]}, beginning at {@code first}
   */
  long element(long[] at, long[] inside, int first, long channel) {
    long element = at[0];
    for (int i = 0; i < axes.size(); i++) {
      WindowAxis axis = axes.get(i);
      long extent = data.dim(i + 1);
      long place =
          at[i + 1] * axis.stride() + inside[first + i] * axis.dilation() - axis.padBefore();
      if (place < 0 || place >= extent) {
        return -1;
      }
      element = element * extent + place;
    }
    return element * data.dim(-1) + channel;
  }
}
