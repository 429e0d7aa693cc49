package io.millrace.session;

import io.millrace.FeedException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.host.JavaValues;
import io.millrace.op.Messages;
import io.millrace.op.OpFamilies;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One fed tensor of a call: the key that the caller uses, and what its values look like.
 *
 * @param key as it stands in the caller's map
 * @param output the tensor that the key means
 * @param type the type of the values, fully defined
 * @param flat whether the values are flat arrays or buffers, which take the tensor's static shape
 */
record FeedSlot(Object key, Output output, TensorType type, boolean flat) {

  /**
   * Reads the type of a value.
   *
   * @throws FeedException if it does not suit the tensor
   */
  static FeedSlot of(Object key, Output output, Object value) {
    if (output.knownType().isEmpty()) {
      throw new FeedException(refused(output, "its element type is none that Millrace has"));
    }
    if (value instanceof Tensor tensor) {
      FeedSlot slot = new FeedSlot(key, output, tensor.type(), false);
      if (tensor.dtype() != output.dtype()) {
        throw slot.refuse(tensor.type(), "the element types differ");
      }
      return slot.requireShape();
    }
    if (value instanceof Operand) {
      throw new FeedException(
          refused(
              output,
              value
                  + " is a tensor of the graph, which has no value outside a run: fetch it first,"
                  + " and feed that"));
    }
    Shape shape;
    try {
      JavaValues.requireConverts(value, output.dtype());
      shape = JavaValues.shapeWithin(value, output.shape());
    } catch (IllegalArgumentException e) {
      throw new FeedException(refused(output, e.getMessage()));
    }
    TensorType type = new TensorType(output.dtype(), shape);
    FeedSlot slot = new FeedSlot(key, output, type, JavaValues.isFlat(value));
    return slot.requireShape();
  }

  private FeedSlot requireShape() {
    if (!output.shape().isCompatibleWith(type.shape())) {
      throw refuse(type, "the shapes differ: " + difference(output.shape(), type.shape()));
    }
    return this;
  }

  /** Returns in what a value's shape differs from that of its tensor, whose rank is known. */
  private static String difference(Shape wanted, Shape given) {
    if (wanted.rank() != given.rank()) {
      return "the value has %s, not %d".formatted(Messages.axes(given.rank()), wanted.rank());
    }
    for (int axis = 0; axis < wanted.rank(); axis++) {
      if (wanted.dim(axis) >= 0 && wanted.dim(axis) != given.dim(axis)) {
        return "axis %d of the value has extent %d, not %d"
            .formatted(axis, given.dim(axis), wanted.dim(axis));
      }
    }
    throw new AssertionError(wanted + " and " + given);
  }

  private FeedException refuse(TensorType got, String rule) {
    return new FeedException(told(output, " with " + got + ": " + rule));
  }

  /** Returns a message that refuses a value: to feed a tensor with it, or to set a variable. */
  static String refused(Output output, @Nullable String rule) {
    return told(output, ": " + rule);
  }

  private static String told(Output output, String rule) {
    if (output.operation().op() instanceof Settings.NewValue set) {
      Output variable = set.variable();
      String wish =
          "cannot set %s %s".formatted(variable.operation().name(), variable.type().target());
      return wish + rule + "\n  at " + OpFamilies.caller();
    }
    return "cannot feed %s%s\n  at %s".formatted(output, rule, output.operation().source());
  }

  /** Returns a hash of the shape of the value that a map may hold; allocates nothing. */
  int hash(Map<?, ?> feeds) {
    Object value = feeds.get(key);
    if (value instanceof Tensor tensor) {
      return tensor.shape().hashCode();
    }
    return value == null ? 0 : JavaValues.hash(value);
  }

  /** Returns whether a map holds a value of this type; allocates nothing. */
  boolean matches(Map<?, ?> feeds) {
    Object value = feeds.get(key);
    if (value instanceof Tensor tensor) {
      return !flat && tensor.dtype() == type.dtype() && tensor.shape().equals(type.shape());
    }
    return value != null
        && JavaValues.converts(value, type.dtype())
        && JavaValues.fits(value, type.shape(), flat);
  }
}
