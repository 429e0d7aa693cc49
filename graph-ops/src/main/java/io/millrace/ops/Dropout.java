package io.millrace.ops;

import io.millrace.Operand;
import io.millrace.Tensor;
import io.millrace.op.Arguments;
import io.millrace.op.Messages;
import io.millrace.ops.building.Refusal;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much a dropout leaves, said by name: {@code Dropout.keep(0.8)} is TensorFlow 1's second
 * argument, keep_prob, and {@code Dropout.rate(0.2)}, its later one, means the same.
 *
 * @param share the part that is kept or dropped, a number or a scalar tensor
 * @param isKept whether {@code share} is the part that is kept
 * @param noiseShape the shape of the decisions, which broadcast to the tensor: 1 where they are
 *     shared; a decision for each element if empty
 * @param seed the seed that the decisions depend on, beside the graph's
 */
public record Dropout(
    Object share, boolean isKept, Optional<Object> noiseShape, OptionalLong seed) {
  public Dropout {
    String name = isKept ? "keep_prob" : "rate";
    Arguments.require(share, "share");
    Arguments.require(noiseShape, "noiseShape");
    Arguments.require(seed, "seed");
    if (share instanceof Number number) {
      double value = number.doubleValue();
      if (isKept ? !(value > 0 && value <= 1) : !(value >= 0 && value < 1)) {
        throw Refusal.of(
            "dropout", "%s must be in %s, not %s", name, isKept ? "(0, 1]" : "[0, 1)", value);
      }
    } else if (!(share instanceof Operand || share instanceof Tensor)) {
      throw Refusal.of(
          "dropout", "%s is a number or a scalar tensor, not %s", name, Messages.described(share));
    }
  }

  /** Returns that each element is kept with this probability: keep_prob, in (0, 1]. */
  public static Dropout keep(Object probability) {
    Arguments.require(probability, "keep_prob");
    return new Dropout(probability, true, Optional.empty(), OptionalLong.empty());
  }

  /** Returns that each element is dropped with this probability, in [0, 1). */
  public static Dropout rate(Object probability) {
    Arguments.require(probability, "rate");
    return new Dropout(probability, false, Optional.empty(), OptionalLong.empty());
  }

  /** Returns the same with decisions of this shape, which broadcast to the tensor. */
  public Dropout noiseShape(Object shape) {
    return new Dropout(share, isKept, Optional.of(Arguments.require(shape, "shape")), seed);
  }

  /** Returns the same with decisions that depend on this seed. */
  public Dropout seed(long value) {
    return new Dropout(share, isKept, noiseShape, OptionalLong.of(value));
  }
}
