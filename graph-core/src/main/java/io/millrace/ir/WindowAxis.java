package io.millrace.ir;

/**
 * Says how a window slides along one spatial axis.
 *
 * @param size elements of the window
 * @param stride distance between neighbouring windows
 * @param dilation distance between neighbouring elements of one window
 * @param padBefore zeros (or, for pooling, absent elements) before the first element
 * @param padAfter the same after the last element
 */
public record WindowAxis(long size, long stride, long dilation, long padBefore, long padAfter) {

  /** Returns the number of windows along an axis of this extent; 0 if not even one fits. */
  public long windows(long extent) {
    long span = (size - 1) * dilation + 1;
    return Math.max(0, Math.floorDiv(extent + padBefore + padAfter - span, stride) + 1);
  }

  /**
   * Returns the same windows without the elements of theirs that are padding wherever a window is,
   * as there are where it is much longer than the axis. For windows of neighbours only.
   */
  public WindowAxis trimmed(long extent) {
    long last = Math.min(size - 1, extent - 1 + padBefore);
    long first = Math.max(0, padBefore - (windows(extent) - 1) * stride);
    if (dilation != 1 || first > last) {
      return this;
    }
    return new WindowAxis(
        last - first + 1, stride, 1, padBefore - first, padAfter - (size - 1 - last));
  }

  @Override
  public String toString() {
    return size
        + (stride == 1 ? "" : "/" + stride)
        + (dilation == 1 ? "" : "*" + dilation)
        + (padBefore == 0 && padAfter == 0 ? "" : "+" + padBefore + "+" + padAfter);
  }
}
