package io.millrace;

import io.millrace.op.OpFamilies;
import io.millrace.type.TensorType;

/**
 * Says what whoever uses a tensor after its closing is told: by which line it was, where Java was
 * asked for that. To look for the line costs far more than to close, so it is not done unasked.
 */
final class Closing {
  /** The system property that asks for lines, when Java starts. */
  private static final String RECORD = "millrace.recordClosing";

  private static final boolean RECORDS = Boolean.getBoolean(RECORD);

  private static final String UNRECORDED =
      "the tensor was closed; run Java with -D" + RECORD + "=true to see by which line";

  private Closing() {}

  /** Returns what is told of a tensor of this type that is being closed. */
  static String told(TensorType type) {
    return RECORDS ? recorded(type) : UNRECORDED;
  }

  static String recorded(TensorType type) {
    return "the tensor " + type + " was closed at " + OpFamilies.caller();
  }
}
