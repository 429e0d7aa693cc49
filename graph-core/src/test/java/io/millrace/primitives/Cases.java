package io.millrace.primitives;

import io.millrace.type.DType;
import java.util.List;

/** The steps that hold a device to one kind of primitive. */
interface Cases {
  /**
   * Returns a few for each way that a device may take: where shapes decide every one of one type,
   * where types decide one of each.
   */
  List<StepCase> telling();

  /** Returns all of a type: none if the primitive is not of it. */
  List<StepCase> every(DType type);
}
