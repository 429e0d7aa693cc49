package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;

/** Looking up rows of tables. */
public interface EmbeddingOps extends Building {

  /**
   * Returns the rows of a table that ids name. TensorFlow: tf.nn.embedding_lookup.
   *
   * @param params {@code [ids, ...]}, a tensor or a {@link Variable}
   * @param ids int32 or int64, of any shape
   * @return {@code ids.shape + params.shape[1:]}
   */
  default Output embeddingLookup(Object params, Object ids) {
    Arguments.requireEach("params, ids", params, ids);
    return scope("embedding_lookup", () -> tf().identity(tf().gather(params, ids)));
  }

  /**
   * Returns the rows that ids name of a table divided among several: row i is row {@code i / n} of
   * part {@code i % n} of n. TensorFlow: tf.nn.embedding_lookup with strategy "mod".
   */
  default Output embeddingLookup(List<?> parts, Object ids) {
    Arguments.require(ids, "ids");
    Arguments.requireAll(parts, "parts");
    if (parts.isEmpty()) {
      throw Refusal.of("embeddingLookup", "takes at least one part of a table");
    }
    if (parts.size() == 1) {
      return embeddingLookup(parts.get(0), ids);
    }
    return scope(
        "embedding_lookup",
        () -> {
          Ops tf = tf();
          int count = parts.size();
          Output wanted = operand(ids);
          Output flat = tf.reshape(wanted, -1);
          Output part = tf.cast(tf.floormod(flat, count), DType.INT32);
          List<Output> rows = tf.dynamicPartition(tf.floordiv(flat, count), part, count);
          List<Output> places = tf.dynamicPartition(tf.range(tf.size(flat)), part, count);
          List<Output> found = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            found.add(tf.gather(parts.get(i), rows.get(i)));
          }
          Output all = tf.parallelDynamicStitch(places, found);
          Output row = tf.slice(tf.shape(found.get(0)), new long[] {1}, new long[] {-1});
          return tf.reshape(all, tf.concat(List.of(Broadcasting.shapeOf(wanted), row), 0));
        });
  }
}
