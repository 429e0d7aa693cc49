package io.millrace.op;

import io.millrace.type.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Names the sets of element types that operations accept. */
public enum TypeSet {
  FLOATING,
  /** Numbers that may be negative. */
  SIGNED,
  INTEGER,
  NUMERIC,
  BOOLEAN,
  ANY;

  /** Returns whether the set has this type. */
  public boolean has(DType dtype) {
    return switch (this) {
      case FLOATING -> dtype.isFloating();
      case SIGNED -> dtype.isSigned();
      case INTEGER -> dtype.isInteger();
      case NUMERIC -> dtype.isNumeric();
      case BOOLEAN -> dtype.isBoolean();
      case ANY -> true;
    };
  }

  /** Returns some type that the set does not have. */
  public Optional<DType> stranger() {
    return Arrays.stream(DType.values()).filter(d -> !has(d)).findFirst();
  }

  /** Requires the type of an input to be of this set. */
  public void require(Inference in, int input) {
    in.require(
        has(in.dtype(input)),
        "input %d must be %s, not %s",
        input,
        name().toLowerCase(Locale.ROOT),
        in.dtype(input));
  }
}
