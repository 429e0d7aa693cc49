package io.millrace.session;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does what must be done whatever else fails; what failed first is thrown at the end. */
final class Cleanup {
  private Cleanup() {}

  /** Does all of it, in this order. */
  static void all(Runnable... steps) {
    each(Arrays.asList(steps), Runnable::run);
  }

  /** Does the same with each of several things. */
  static <T> void each(Iterable<T> things, Consumer<? super T> step) {
    Throwable first = null;
    for (T thing : things) {
      try {
        step.accept(thing);
      } catch (RuntimeException | Error e) {
        first = join(first, e);
      }
    }
    rethrow(first);
  }

  /** Does it after a failure, which notes what fails now. */
  static void after(Throwable failure, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      join(failure, e);
    }
  }

  /** Returns the first failure, which notes the next one; one error may be both. */
  static Throwable join(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }

  /** Throws what failed, if anything did. */
  static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
