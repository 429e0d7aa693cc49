package io.millrace.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;

/** Finds what others provide, on the class or module path. */
public final class Providers {
  private Providers() {}

  /**
   * Returns all providers of a loader; one that cannot even be loaded does not stop the others.
   *
   * @param known names of providers that are taken without being registered too, if their classes
   *     are there: who puts everything into one jar may keep only one of the files that register
   *     them
   * @param broken is told why one could not be loaded
   */
  public static <T> List<T> all(
      ServiceLoader<T> loader, Class<T> service, List<String> known, Consumer<Throwable> broken) {
    List<T> found = new ArrayList<>();
    Set<String> tried = new HashSet<>();
    Consumer<Throwable> failed =
        e -> {
          known.stream()
              .filter(name -> String.valueOf(e.getMessage()).contains(name))
              .forEach(tried::add);
          broken.accept(e);
        };
    Iterator<T> providers = loader.iterator();
    boolean more = true;
    while (more) {
      try {
        more = providers.hasNext();
        if (more) {
          found.add(providers.next());
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        failed.accept(e);
      }
    }
    found.forEach(provider -> tried.add(provider.getClass().getName()));
    for (String name : known) {
      if (tried.add(name)) {
        unregistered(name, service, broken).ifPresent(found::add);
      }
    }
    return found;
  }

  private static <T> Optional<T> unregistered(
      String name, Class<T> service, Consumer<Throwable> broken) {
    try {
      Class<?> provider = Class.forName(name, true, service.getClassLoader());
      return Optional.of(service.cast(provider.getConstructor().newInstance()));
    } catch (ClassNotFoundException absent) {
      return Optional.empty();
    } catch (ReflectiveOperationException | LinkageError e) {
      broken.accept(e);
      return Optional.empty();
    }
  }
}
