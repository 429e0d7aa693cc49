package io.millrace.ops;

import io.millrace.Output;

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
    return scope("embedding_lookup", () -> tf().identity(tf().gather(params, ids)));
  }
}
