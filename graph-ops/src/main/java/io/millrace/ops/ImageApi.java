package io.millrace.ops;

import io.millrace.ops.nn.PatchOps;

/** The view {@code tf.image}. */
public final class ImageApi extends Facade implements PatchOps {
  ImageApi(Ops ops) {
    super(ops);
  }
}
