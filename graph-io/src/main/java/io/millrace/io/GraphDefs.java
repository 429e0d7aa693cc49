package io.millrace.io;

import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Session;
import io.millrace.io.proto.GraphDef;
import io.millrace.type.SourceLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads and writes graphs in TensorFlow's format, GraphDef, binary or as text.
 *
 * <p>Names, operations, attributes, devices and control inputs are kept. A file may hold its nodes
 * in any order; they are added in the order of the file as far as each node comes after those that
 * it refers to, and so they run.
 *
 * <p>A GraphDef does not say which variables there are, so its nodes tell. Each {@code VariableV2}
 * or {@code Variable} is a {@link io.millrace.ops.Variable} in the graph's collections, found with
 * {@code tf.variableNamed}. The {@code Assign} named {@code w/Assign} initializes the variable
 * {@code w}, or else the only one whose value comes from neither a placeholder, a checkpoint nor
 * the variable; a variable without any is set with {@link Session#set}. It is trainable if it is
 * floating and a training operation or an optimizer's scope {@code update_w} changes it, or nothing
 * does but its initializer and a checkpoint: so slots, counters of steps and moving averages are
 * not.
 *
 * <p>A file may hold operations that the engine does not have, or not with such attributes or
 * element types, as a saver's strings and decoders of images. They stand in the graph as what they
 * are, with as many outputs as TensorFlow 2.21 gives them, are printed, and written to a file again
 * with all their attributes and the functions that they call. Only a run that needs one is refused,
 * with an {@link io.millrace.UnsupportedException} that names all that it needs; feed what they
 * would compute.
 *
 * <p>Loops that TensorFlow 1 wrote in frames, from {@code Enter} to {@code Exit}, become a {@code
 * While} of the frame's name, as function libraries have them, and branches in them an {@code If}.
 * A loop's results keep the names of its exits; what is inside is computed anew in each turn and
 * cannot be fetched. A loop that carries what the engine does not have stays as it is.
 *
 * <p>Attributes whose names begin with an underscore, as {@code _class}, are notes of TensorFlow's
 * own, and dropped from operations that the engine has. What old files mean by the rules of their
 * time is kept: up to version 21 ({@code versions.producer}) an empty shape of a placeholder is an
 * unknown one.
 *
 * <p>Files are not trusted: whatever the bytes, reading them ends with a graph or an exception, and
 * needs memory in proportion to their number, and at most 256 MiB beyond that for elements that the
 * file's tensors leave out because they repeat.
 */
public final class GraphDefs {
  /** What a Java array holds, and TensorFlow's limit as well. */
  private static final long LARGEST = Integer.MAX_VALUE - 8;

  private GraphDefs() {}

  /**
   * Returns the graph in a file, which is binary or text.
   *
   * @throws GraphDefException if the file is damaged or not a GraphDef
   * @throws GraphException if a node breaks a rule of its operation
   * @throws IOException if the file cannot be read
   */
  public static Graph read(Path file) throws IOException {
    return read(FileArguments.require(file, "file"), Optional.empty());
  }

  /**
   * Returns what some outputs need of the graph in a file: what leads to them and, of variables
   * among that, to their first values. TensorFlow: extract_sub_graph.
   *
   * @param outputs names of operations and tensors
   * @throws GraphDefException as {@link #read(Path)}, or if the file has nothing of such a name
   * @throws GraphException if a node breaks a rule of its operation
   * @throws IOException if the file cannot be read
   */
  public static Graph read(Path file, Collection<String> outputs) throws IOException {
    FileArguments.require(file, "file");
    return read(file, Optional.of(FileArguments.requireAll(outputs, "outputs")));
  }

  private static Graph read(Path file, Optional<Collection<String>> outputs) throws IOException {
    FilePlace place = place(file + ": ");
    if (Files.isDirectory(file)) {
      throw place.broken("it is a folder, not a GraphDef");
    }
    if (Files.size(file) > LARGEST) {
      throw place.broken("a GraphDef has at most 2 GB, the file has " + Files.size(file));
    }
    byte[] bytes = Files.readAllBytes(file);
    return graph(
        () -> GraphFiles.isText(bytes) ? GraphFiles.parseText(bytes) : GraphFiles.parse(bytes),
        outputs,
        place);
  }

  /**
   * Returns the graph in the bytes of a binary file.
   *
   * @throws GraphDefException as {@link #read(Path)}
   * @throws GraphException if a node breaks a rule of its operation
   */
  public static Graph read(byte[] bytes) {
    FileArguments.require(bytes, "bytes");
    return graph(() -> GraphFiles.parse(bytes), Optional.empty(), place(""));
  }

  /**
   * Returns what some outputs need of the graph in the bytes of a binary file.
   *
   * @throws GraphDefException as {@link #read(Path, Collection)}
   * @throws GraphException if a node breaks a rule of its operation
   */
  public static Graph read(byte[] bytes, Collection<String> outputs) {
    FileArguments.require(bytes, "bytes");
    FileArguments.requireAll(outputs, "outputs");
    return graph(() -> GraphFiles.parse(bytes), Optional.of(outputs), place(""));
  }

  /**
   * Returns the graph in a text, as in files that are called {@code .pbtxt}. Fields that are not
   * needed are skipped, with a warning to {@code java.util.logging}.
   *
   * @throws GraphDefException as {@link #read(Path)}
   * @throws GraphException if a node breaks a rule of its operation
   */
  public static Graph readText(String text) {
    FileArguments.require(text, "text");
    return graph(() -> GraphFiles.parseText(text), Optional.empty(), place(""));
  }

  /**
   * Returns what some outputs need of the graph in a text.
   *
   * @throws GraphDefException as {@link #read(Path, Collection)}
   * @throws GraphException if a node breaks a rule of its operation
   */
  public static Graph readText(String text, Collection<String> outputs) {
    FileArguments.require(text, "text");
    FileArguments.requireAll(outputs, "outputs");
    return graph(() -> GraphFiles.parseText(text), Optional.of(outputs), place(""));
  }

  private static Graph graph(
      Supplier<GraphDef> file, Optional<Collection<String>> outputs, FilePlace place) {
    Graph graph = new Graph();
    parse(file, outputs, place).addTo(graph, "");
    for (String name : outputs.orElse(List.of())) {
      try {
        if (name.contains(":")) {
          graph.output(name);
        }
      } catch (FeedException e) {
        throw place.broken(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      }
    }
    return graph;
  }

  /**
   * Adds the operations of a binary file to a graph, under a name scope. TensorFlow:
   * tf.import_graph_def.
   *
   * <p>Open scopes hold as for any operation added; a node that names a device keeps its own. If
   * this throws, the graph has no operation more than before.
   *
   * @param prefix the name scope, made unique; empty for the names as in the file
   * @return the name scope with a slash at its end, or an empty text: what names begin with now
   * @throws GraphDefException as {@link #read(Path)}, or if the graph has a name of the file
   *     already
   * @throws GraphException if a node breaks a rule of its operation, or the prefix is no name
   */
  public static String importInto(Graph graph, byte[] bytes, String prefix) {
    FileArguments.require(graph, "graph");
    FileArguments.require(bytes, "bytes");
    FileArguments.require(prefix, "prefix");
    FilePlace place = place("");
    GraphImport file = parse(() -> GraphFiles.parse(bytes), Optional.empty(), place);
    file.addTo(new Graph(), "");
    try (Graph.Scope line = graph.at(place.line());
        Graph.Scope ignored = graph.nameScope(prefix)) {
      String scope = graph.currentNameScope();
      file.addTo(graph, scope);
      return scope;
    }
  }

  private static GraphImport parse(
      Supplier<GraphDef> file, Optional<Collection<String>> outputs, FilePlace place) {
    try {
      return GraphImport.of(file.get(), outputs, place);
    } catch (MalformedException e) {
      throw place.broken(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns a graph as the bytes of a binary file. The same graph gives the same bytes.
   *
   * <p>Where Millrace lets a variable be written after a use of its old value because of the order
   * in which the operations were added, TensorFlow needs a control input, and the file has it: a
   * training step takes the same course. Two fetches of one run that only the order of creation
   * ties remain as undefined as TensorFlow leaves them.
   *
   * @throws GraphDefException if TensorFlow does not have some of its operations, all of which are
   *     named, or the file would have more than 2 GB
   */
  public static byte[] write(Graph graph) {
    FileArguments.require(graph, "graph");
    return GraphFiles.bytes(GraphExport.of(graph, place("")));
  }

  /**
   * Returns a graph as text.
   *
   * @throws GraphDefException as {@link #write(Graph)}
   */
  public static String writeText(Graph graph) {
    FileArguments.require(graph, "graph");
    return GraphFiles.print(GraphExport.of(graph, place("")));
  }

  /**
   * Writes a graph to a binary file, in place of what is there.
   *
   * @throws GraphDefException as {@link #write(Graph)}; the file is not touched then
   * @throws IOException if the file cannot be written
   */
  public static void write(Graph graph, Path file) throws IOException {
    FileArguments.require(graph, "graph");
    FileArguments.require(file, "file");
    byte[] bytes = GraphFiles.bytes(GraphExport.of(graph, place("")));
    Files.write(file, bytes);
  }

  /**
   * Returns what some outputs need of a session's graph as the bytes of a binary file, its
   * variables being constants of the values that they have now. TensorFlow:
   * convert_variables_to_constants.
   *
   * @param outputs operands, operations and names of either
   * @throws GraphDefException as {@link #write(Graph)}, or if the outputs need an operation that
   *     writes a variable
   * @throws io.millrace.UninitializedException if a variable has no value yet
   */
  public static byte[] freeze(Session session, Collection<?> outputs) {
    FileArguments.require(session, "session");
    FileArguments.requireAll(outputs, "outputs");
    FilePlace place = place("");
    return GraphFiles.bytes(GraphExport.of(Frozen.of(session, outputs, place), place));
  }

  private static FilePlace place(String what) {
    return new FilePlace(what, SourceLine.ofCaller(List.of(GraphDefs.class)));
  }
}
