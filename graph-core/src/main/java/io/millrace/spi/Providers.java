package io.millrace.spi;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** Finds what others provide, on the class or module path. */
public final class Providers {
  private Providers() {}

  /**
   * Returns all providers of a loader; one that cannot even be loaded does not stop the others.
   *
   * @param broken is told why one could not be loaded
   */
  public static <T> List<T> all(ServiceLoader<T> loader, Consumer<Throwable> broken) {
    List<T> found = new ArrayList<>();
    Iterator<T> providers = loader.iterator();
    boolean more = true;
    while (more) {
      try {
        more = providers.hasNext();
        if (more) {
          found.add(providers.next());
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        broken.accept(e);
      }
    }
    return found;
  }
}
