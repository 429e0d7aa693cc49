package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.ops.NullCalls;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Null is refused by name where graphs are read and written. */
class NullTest {
  @Test
  void whatReadsAndWritesFilesRefusesNull(@TempDir Path folder) throws Exception {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable variable = tf.variable(tf.zeros(2), "v");
    byte[] bytes = GraphDefs.write(graph);
    Path file = Files.write(folder.resolve("graph.pb"), bytes);
    try (Session session = new Session(graph)) {
      session.run(variable.initializer());
      NullCalls calls =
          new NullCalls(
              Map.of(
                  Path.class, List.of(file),
                  byte[].class, List.of(bytes),
                  String.class, List.of(GraphDefs.writeText(graph), "again"),
                  Graph.class, List.of(graph),
                  Session.class, List.of(session),
                  Collection.class, List.of(List.of("v"))),
              graph::size,
              Set.of());
      calls.makersOf(GraphDefs.class);
      assertEquals("", calls.complaints());
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
