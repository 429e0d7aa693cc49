package io.millrace.op;

import java.util.Map;

/**
 * A component of an operation's record that TensorFlow writes as several attributes, as the way a
 * window slides.
 *
 * <p>Implementing classes have a method {@code static C fromAttributes(Attributes)} that returns
 * the component, the opposite of {@link #toAttributes}.
 */
public interface AttributeGroup {
  /** Returns TensorFlow's attributes and their values, of the kinds that {@link Attributes} has. */
  Map<String, Object> toAttributes();
}
