package io.millrace.conformance;

import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.Arrays;

/**
 * Values of one tensor at several times, stacked along axis 0.
 *
 * @param node the tensor's name
 * @param file the file that holds them, for messages
 * @param values the values
 * @param tolerance how far an element may be off, where they are what is expected
 */
record Stack(String node, String file, Literal values, Tolerance tolerance) {

  /** Returns how many there are. */
  long size() {
    return values.type().shape().rank() == 0 ? 0 : values.type().shape().dim(0);
  }

  /**
   * Returns one of them.
   *
   * @throws BrokenCaseException if there are not so many
   */
  Literal slice(int index) throws BrokenCaseException {
    if (index >= size()) {
      throw new BrokenCaseException(
          file, "is " + values.type() + ", which has nothing at " + index + " on axis 0");
    }
    TensorType whole = values.type();
    TensorType part = whole.withShape(whole.shape().slice(1, whole.shape().rank()));
    byte[] bytes = new byte[values.bytes().remaining()];
    values.bytes().get(bytes);
    int length = Math.toIntExact(part.bytes());
    return Literal.wrap(part, Arrays.copyOfRange(bytes, index * length, (index + 1) * length));
  }
}
