package io.millrace.conformance;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Catalogue;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.list.ListStackOps;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the catalogue knows of one operation, found by building its examples.
 *
 * @param type TensorFlow's name of the operation
 * @param aliases other names that TensorFlow has for it
 * @param inputs what its inputs are called and which types they may have, in code; empty for none
 * @param shapes the types of the inputs and outputs of an example
 * @param gradient the inputs for which there is a gradient, or why there is none
 * @param secondOrder whether the gradient has one itself; empty if there is no gradient
 * @param source the class that holds the operation, one of ours with a link from {@code docs}
 */
record CatalogueEntry(
    String type,
    List<String> aliases,
    String inputs,
    String shapes,
    String gradient,
    String secondOrder,
    String source) {

  CatalogueEntry {
    aliases = List.copyOf(aliases);
  }

  /** Returns an entry for each operation, in alphabetical order. */
  static List<CatalogueEntry> all() {
    Map<String, List<Example>> byType = new TreeMap<>();
    for (Class<? extends Op> operation : Catalogue.operations()) {
      for (Example example : Catalogue.examples(operation)) {
        if (example.rejection().isEmpty()) {
          byType.computeIfAbsent(example.op().type(), t -> new ArrayList<>()).add(example);
        }
      }
    }
    return byType.values().stream().map(CatalogueEntry::of).toList();
  }

  private static CatalogueEntry of(List<Example> examples) {
    Op op = examples.get(0).op();
    Set<String> differentiable = new LinkedHashSet<>();
    String reason = "its values are not floating";
    boolean second = false;
    for (Example example : examples) {
      Node node = Node.of(example);
      if (node.isFloating()) {
        Gradients gradients = node.gradients();
        reason = gradients.reason();
        differentiable.addAll(node.differentiable(gradients));
        second |= node.hasSecondOrder(gradients);
      }
    }
    return new CatalogueEntry(
        op.type(),
        op.signature().aliases(),
        op.signature().toString().replaceFirst("^\\((.*)\\)$", "`$1`").replace("``", ""),
        Node.of(examples.get(0)).types(),
        differentiable.isEmpty() ? "none: " + reason : String.join(", ", differentiable),
        differentiable.isEmpty() ? "" : second ? "yes" : "zero",
        source(op));
  }

  private static String source(Op op) {
    Class<?> file = op.getClass();
    while (file.getEnclosingClass() != null) {
      file = file.getEnclosingClass();
    }
    if (!file.getName().startsWith(Ops.class.getPackageName())) {
      return file.getSimpleName();
    }
    String path = file.getName().replace('.', '/');
    return "[" + file.getSimpleName() + "](../graph-ops/src/main/java/" + path + ".java)";
  }

  /** An example in a graph of its own. */
  private record Node(Ops tf, Operation operation, List<String> described) {

    static Node of(Example example) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      List<Output> inputs = new ArrayList<>();
      List<String> described = new ArrayList<>();
      for (Example.Input input : example.inputs()) {
        TensorType type = whole(input.type());
        TensorType said = input.form() == Example.Form.LIST ? TensorType.list(type) : type;
        described.add(input.value().map(Object::toString).orElse(said.toString()));
        if (input.isVariable()) {
          Variable.Options options =
              Variable.Options.defaults().useResource(input.form() == Example.Form.HANDLE);
          inputs.add(
              tf.variable(tf.zeros(type.dtype(), type.shape().dims()), "v", options).reference());
        } else if (input.value().isPresent()) {
          inputs.add(tf.constant(Tensor.of(input.value().get())));
        } else {
          Output tensor = tf.placeholder(type.dtype(), type.shape());
          inputs.add(input.form() == Example.Form.LIST ? list(tf, tensor) : tensor);
        }
      }
      return new Node(tf, graph.add(example.op(), "example", inputs), described);
    }

    private static Output list(Ops tf, Output rows) {
      return tf.result(new ListStackOps.TensorListFromTensor(), rows, tf.constant(-1));
    }

    /** Returns a type with any extent where the example leaves it open. */
    private static TensorType whole(TensorType type) {
      return type.withShape(
          type.shape().isRankKnown()
              ? Shape.of(Arrays.stream(type.shape().dims()).map(d -> d < 0 ? 2 : d).toArray())
              : Shape.scalar());
    }

    String types() {
      String results =
          operation.outputs().stream()
              .map(o -> o.type().toString())
              .collect(Collectors.joining(", "));
      return (String.join(", ", described) + " → " + results).strip();
    }

    boolean isFloating() {
      return Stream.concat(operation.inputs().stream(), operation.outputs().stream())
          .anyMatch(o -> o.type().target().dtype().isFloating());
    }

    Gradients gradients() {
      List<Optional<Output>> arriving = new ArrayList<>();
      for (Output output : operation.outputs()) {
        TensorType type = output.type().target();
        Output tensor = tf.placeholder(type.dtype(), type.shape());
        arriving.add(Optional.of(output.type().isList() ? list(tf, tensor) : tensor));
      }
      return operation.op().gradient(new Gradient(operation, arriving));
    }

    Set<String> differentiable(Gradients gradients) {
      Set<String> names = new LinkedHashSet<>();
      for (int i = 0; i < operation.inputs().size(); i++) {
        if (gradients.get(i).isPresent()) {
          names.add(inputName(i));
        }
      }
      return names;
    }

    private String inputName(int index) {
      List<Signature.Input> named = operation.op().signature().inputs();
      int before = 0;
      int repeated = operation.inputs().size() - named.size() + 1;
      for (Signature.Input input : named) {
        before += input.types() || input.count().isPresent() ? repeated : 1;
        if (index < before) {
          return input.name();
        }
      }
      return "input " + index;
    }

    private Output tensor(Output gradient) {
      return gradient.type().isList()
          ? tf.result(
              new ListStackOps.TensorListStack(gradient.type().target().dtype(), -1),
              gradient,
              tf.constant(-1))
          : gradient;
    }

    boolean hasSecondOrder(Gradients gradients) {
      List<Output> first = new ArrayList<>();
      for (int i = 0; i < operation.inputs().size(); i++) {
        gradients
            .get(i)
            .filter(g -> g.type().isDifferentiable())
            .map(this::tensor)
            .ifPresent(first::add);
      }
      List<Output> xs =
          operation.inputs().stream().filter(i -> i.type().target().dtype().isFloating()).toList();
      return !first.isEmpty()
          && tf.gradientsIfConnected(first, xs).stream().anyMatch(Optional::isPresent);
    }
  }
}
