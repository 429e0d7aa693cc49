package io.millrace.conformance.mistakes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks code as a user could write it that is refused: a row of {@code docs/errors.md}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Mistake {
  /** Returns what is wrong, in a few words. */
  String value();

  /** Returns what to do instead, in a sentence, where the message does not say it. */
  String instead() default "";
}
