package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.FunctionDefLibrary;
import io.millrace.io.proto.GradientDef;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NameAttrList;
import io.millrace.io.proto.NodeDef;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Finds which functions of a file are called by whom. */
final class Reachable {
  private final GraphDef graph;
  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();
  private final Map<String, String> gradients = new LinkedHashMap<>();

  Reachable(GraphDef graph) {
    this.graph = graph;
    graph.getLibrary().getFunctionList().forEach(f -> functions.put(f.getSignature().getName(), f));
    graph
        .getLibrary()
        .getGradientList()
        .forEach(g -> gradients.put(g.getFunctionName(), g.getGradientFunc()));
  }

  /** Returns the functions that nodes need whose operation the engine does not have. */
  FunctionDefLibrary byForeignNodes() {
    Set<String> called = closure(graph.getNodeList());
    List<NodeDef> foreign =
        Stream.concat(
                graph.getNodeList().stream(),
                called.stream().flatMap(name -> function(name).getNodeDefList().stream()))
            .filter(node -> !OpSource.isKnown(node.getOp()))
            .filter(node -> !functions.containsKey(node.getOp()))
            .toList();
    Set<String> needed = closure(foreign);
    FunctionDefLibrary.Builder library =
        graph.getLibrary().toBuilder().clearFunction().clearGradient();
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      if (needed.contains(function.getSignature().getName())) {
        library.addFunction(function);
      }
    }
    for (GradientDef gradient : graph.getLibrary().getGradientList()) {
      if (needed.contains(gradient.getFunctionName())) {
        library.addGradient(gradient);
      }
    }
    return library.build();
  }

  private FunctionDef function(String name) {
    return functions.getOrDefault(name, FunctionDef.getDefaultInstance());
  }

  /** Returns the functions that nodes call, and those that these call. */
  private Set<String> closure(Collection<NodeDef> nodes) {
    Set<String> names = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    nodes.forEach(node -> open.addAll(calls(node)));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (functions.containsKey(name) && names.add(name)) {
        function(name).getNodeDefList().forEach(node -> open.addAll(calls(node)));
        String gradient = gradients.get(name);
        if (gradient != null) {
          open.add(gradient);
        }
      }
    }
    return names;
  }

  private static List<String> calls(NodeDef node) {
    return Stream.concat(Stream.of(node.getOp()), names(node.getAttrMap())).toList();
  }

  private static Stream<String> names(Map<String, AttrValue> attributes) {
    return attributes.values().stream()
        .flatMap(value -> functions(value))
        .flatMap(f -> Stream.concat(Stream.of(f.getName()), names(f.getAttrMap())));
  }

  /** Returns the functions that an attribute's value names, those in their attributes left out. */
  static Stream<NameAttrList> functions(AttrValue value) {
    return value.hasFunc() ? Stream.of(value.getFunc()) : value.getList().getFuncList().stream();
  }
}
