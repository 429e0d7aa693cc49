package io.millrace.io;

import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.FunctionDefLibrary;
import io.millrace.io.proto.GraphDef;
import io.millrace.op.NodeNames;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Collects the functions that nodes of several files call, to write them to one. */
final class Functions {
  private final Set<FunctionDefLibrary> libraries = new LinkedHashSet<>();
  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

  /**
   * Adds the functions of a file.
   *
   * @throws GraphDefException if another file has another function of the same name
   */
  void add(FunctionDefLibrary library, FilePlace place) {
    if (library.getFunctionCount() == 0 || !libraries.add(library)) {
      return;
    }
    for (FunctionDef function : library.getFunctionList()) {
      String name = function.getSignature().getName();
      FunctionDef other = functions.putIfAbsent(name, function);
      if (other != null && !other.equals(function)) {
        throw place.broken("two functions are called " + NodeNames.quote(name));
      }
    }
  }

  /** Returns the names of the functions. */
  Set<String> names() {
    return functions.keySet();
  }

  /** Puts the functions into a file. */
  GraphDef.Builder addTo(GraphDef.Builder file) {
    if (!libraries.isEmpty()) {
      FunctionDefLibrary.Builder all = FunctionDefLibrary.newBuilder();
      libraries.forEach(library -> all.mergeFrom(library.toBuilder().clearFunction().build()));
      file.setLibrary(all.addAllFunction(functions.values()));
    }
    return file;
  }
}
