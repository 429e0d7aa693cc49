package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Coordinates of the points of grids. */
public interface GridOps extends Building {

  /** Which axis of a grid a coordinate runs along. */
  enum Indexing {
    /**
     * The first coordinate along the second axis, the second along the first: points of a plane.
     */
    XY,
    /** Each coordinate along its own axis: elements of a matrix. */
    IJ
  }

  /**
   * Returns the coordinates of all points of a plane's grid, one tensor a coordinate, the first
   * along the second axis. TensorFlow: meshgrid.
   */
  default List<Output> meshgrid(Object... coordinates) {
    return meshgrid(Indexing.XY, coordinates);
  }

  /**
   * Returns the coordinates of all points of a grid, one tensor a coordinate. TensorFlow: meshgrid.
   *
   * @param coordinates vectors, or scalars for one coordinate each, of one type
   */
  default List<Output> meshgrid(Indexing indexing, Object... coordinates) {
    Arguments.require(indexing, "indexing");
    Arguments.requireAll(coordinates, "coordinates");
    List<Output> given = operands(coordinates);
    return scopeOfAll(
        "meshgrid",
        () -> {
          Ops tf = tf();
          int rank = given.size();
          List<Output> sizes = new ArrayList<>(given.stream().map(tf::size).toList());
          boolean swap = indexing == Indexing.XY && rank > 1;
          if (swap) {
            Collections.swap(sizes, 0, 1);
          }
          Output shape = tf.stack(sizes);
          List<Output> grids = new ArrayList<>();
          for (int i = 0; i < rank; i++) {
            long[] along = new long[rank];
            Arrays.fill(along, 1);
            along[swap && i < 2 ? 1 - i : i] = -1;
            grids.add(tf.broadcastTo(tf.reshape(given.get(i), along), shape));
          }
          return grids;
        });
  }
}
