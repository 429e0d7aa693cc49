package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.Backends;
import io.millrace.Graph;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.op.Signature;
import io.millrace.ops.array.CoreOps;
import io.millrace.ops.flow.LoopOps;
import io.millrace.ops.state.ResourceOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Holds every operation of the catalogue to the contract, by its examples. */
public class ContractTest {
  private static final List<String> DEVICES =
      Backends.find().all().stream()
          .filter(b -> b.priority() >= 0 || b.name().equals("reference"))
          .filter(b -> b.unavailable().isEmpty())
          .flatMap(b -> b.devices().stream())
          .toList();

  @TestFactory
  Stream<DynamicNode> everyOperation() {
    return Catalogue.operations().stream()
        .map(
            operation ->
                dynamicContainer(
                    operation.getSimpleName(),
                    Stream.of(
                        dynamicTest("has examples", () -> hasExamples(operation)),
                        dynamicTest(
                            "refuses", () -> refused(operation).forEach(ContractTest::refuses)),
                        dynamicTest(
                            "keeps its signature",
                            () ->
                                accepted(operation).stream()
                                    .flatMap(Strangers::of)
                                    .forEach(ContractTest::refuses)),
                        dynamicTest(
                            "computes", () -> accepted(operation).forEach(ContractTest::computes)),
                        dynamicTest(
                            "keeps its attributes",
                            () -> accepted(operation).forEach(ContractTest::keepsAttributes)),
                        dynamicTest(
                            "says its gradient",
                            () -> accepted(operation).forEach(ContractTest::saysGradient)),
                        dynamicTest("differentiates", () -> differentiates(operation)))));
  }

  private static List<Example> accepted(Class<? extends Op> operation) {
    return Catalogue.examples(operation).stream().filter(e -> e.rejection().isEmpty()).toList();
  }

  private static List<Example> refused(Class<? extends Op> operation) {
    return Catalogue.examples(operation).stream().filter(e -> e.rejection().isPresent()).toList();
  }

  private static void hasExamples(Class<? extends Op> operation) {
    List<Example> accepted = accepted(operation);
    assertFalse(accepted.isEmpty(), "an example that is accepted");
    if (operation.isEnum()) {
      for (Object constant : operation.getEnumConstants()) {
        assertTrue(
            accepted.stream().anyMatch(e -> e.op() == constant),
            "an example of " + constant + " that is accepted");
      }
    }
  }

  /** A rule about values that are not known yet is reported by the run. */
  private static void refuses(Example example) {
    Ops tf = Ops.of(new Graph());
    Map<Output, Literal> feeds = new LinkedHashMap<>();
    List<Output> inputs = new ArrayList<>();
    for (Example.Input input : example.inputs()) {
      TensorType type = input.type();
      if (input.value().isPresent()) {
        inputs.add(tf.result(new CoreOps.Constant(input.value().get())));
      } else if (type.dtype() == DType.VARIANT) {
        inputs.add(Lists.of(tf, tf.ones(2)));
      } else if (type.dtype() == DType.RESOURCE) {
        inputs.add(handle(tf, TensorType.of(DType.FLOAT32, 2)));
      } else if (input.form() == Example.Form.HANDLE) {
        inputs.add(handle(tf, type));
      } else {
        Output fed = tf.placeholder(type.dtype(), type.shape());
        inputs.add(input.form() == Example.Form.LIST ? Lists.of(tf, fed) : fed);
        feeds.put(fed, Samples.draw(type, input.low(), input.high(), new Random(3)));
      }
    }
    MillraceException refusal =
        assertThrows(
            MillraceException.class,
            () -> {
              Operation node = tf.graph().add(example.op(), "example", inputs);
              try (Session session =
                  new Session(tf.graph(), SessionOptions.defaults().device("reference"))) {
                List<Output> results =
                    node.outputs().stream()
                        .map(o -> o.type().isList() ? Lists.stacked(tf, o) : o)
                        .toList();
                Bench.run(session, node, results, feeds);
              }
            },
            example.toString());
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(example.rejection().orElseThrow()), message);
    assertTrue(message.contains(example.op().type()), message);
    assertTrue(message.contains("(ContractTest.java:"), message);
  }

  private static Output handle(Ops tf, TensorType of) {
    return tf.result(new ResourceOps.VarHandleOp(of.dtype(), of.shape()));
  }

  private static void computes(Example example) {
    List<Literal> values = Samples.draw(example);
    Bench bench = new Bench(example, values, Bench.EXACT, false);
    if (values.isEmpty() && example.op().isStateful()) {
      comesFromOutside(bench);
      return;
    }
    List<Literal> expected = bench.run("reference", false, bench.outputs);
    for (int i = 0; i < bench.outputs.size(); i++) {
      TensorType inferred = bench.outputs.get(i).type();
      TensorType type = expected.get(i).type();
      boolean open = example.op().sizes() > 0 && inferred.shape().isCompatibleWith(type.shape());
      assertEquals(
          open ? inferred.withShape(type.shape()) : inferred,
          type,
          example + ": type of " + bench.outputs.get(i));
    }
    for (String device : DEVICES) {
      agrees(device, example, bench, expected);
    }
    unknown(example, values, expected, s -> Shape.unknown(s.rank()), false);
    unknown(example, values, expected, s -> Shape.unknown(), false);
    unknown(example, values, expected, s -> Shape.unknown(), true);
  }

  /** Requires of a device what the reference computes. */
  public static void computesOn(String device, Example example) {
    List<Literal> values = Samples.draw(example);
    if (!values.isEmpty() || !example.op().isStateful()) {
      Bench bench = new Bench(example, values, Bench.EXACT, false);
      agrees(device, example, bench, bench.run("reference", false, bench.outputs));
    }
  }

  private static void agrees(String device, Example example, Bench bench, List<Literal> expected) {
    for (boolean passes : new boolean[] {false, true}) {
      agree(
          example + " on " + device + (passes ? " with passes" : " without passes"),
          expected,
          bench.run(device, passes, bench.outputs));
    }
  }

  /** A placeholder or a variable gives what it is fed, and fails without. */
  private static void comesFromOutside(Bench bench) {
    Output output = bench.node.output(0);
    assertThrows(MillraceException.class, () -> bench.run("reference", true, List.of(output)));
    if (output.isHandle()) {
      return;
    }
    Literal value = Literal.fill(output.type(), 3);
    bench.feeds.put(output, value);
    assertEquals(List.of(value), bench.run("reference", true, List.of(output)));
  }

  private static void unknown(
      Example example,
      List<Literal> values,
      List<Literal> expected,
      UnaryOperator<Shape> shapes,
      boolean feedConstants) {
    Bench bench = new Bench(example, values, shapes, feedConstants);
    String what = example + " with shapes unknown" + (feedConstants ? " and all inputs fed" : "");
    for (int i = 0; i < bench.outputs.size(); i++) {
      TensorType inferred = bench.outputs.get(i).type();
      TensorType type = expected.get(i).type();
      assertEquals(type.dtype(), inferred.dtype(), what);
      assertTrue(
          inferred.shape().isCompatibleWith(type.shape()), what + ": " + inferred + " is " + type);
    }
    agree(what, expected, bench.run("reference", true, bench.outputs));
  }

  private static void agree(String what, List<Literal> expected, List<Literal> actual) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      if (!Samples.agree(expected.get(i), actual.get(i))) {
        assertEquals(Samples.show(expected.get(i)), Samples.show(actual.get(i)), what);
      }
    }
  }

  /** What TensorFlow's attributes say of a node makes the same operation again. */
  private static void keepsAttributes(Example example) {
    Bench bench = new Bench(example, Samples.draw(example), Bench.EXACT, false);
    Signature signature = example.op().signature();
    if (example.op() instanceof LoopOps.Scan) {
      // TensorFlow has no such operation.
      assertFalse(signature.isKnown());
      return;
    }
    assertTrue(signature.isKnown(), example + " has no signature");
    Op prototype = Catalogue.prototype(example.op().type()).orElseThrow();
    Map<String, Object> attributes = signature.write(bench.node);
    List<DType> types = bench.inputs.stream().map(Output::dtype).toList();
    assertEquals(example.op(), Signature.read(prototype, attributes, types));
    signature.requireOutputs(attributes, bench.node.outputs().stream().map(Output::type).toList());
    Map<String, Object> strange = new HashMap<>(attributes);
    strange.put("strange", 1L);
    RuleException refusal =
        assertThrows(RuleException.class, () -> Signature.read(prototype, strange, types));
    assertEquals("attribute 'strange' = 1 is not known", refusal.getMessage());
  }

  /** A gradient fits its input; where there is none a reason is given. */
  private static void saysGradient(Example example) {
    Bench bench = new Bench(example, Samples.draw(example), Bench.EXACT, false);
    if (Stream.of(bench.inputs, bench.node.outputs())
        .flatMap(List::stream)
        .noneMatch(o -> o.type().target().dtype().isFloating())) {
      return;
    }
    List<Optional<Output>> arriving = bench.node.outputs().stream().map(Optional::of).toList();
    Gradients gradients = example.op().gradient(new Gradient(bench.node, arriving));
    boolean complete = true;
    for (Output input : bench.inputs) {
      Optional<Output> gradient = gradients.get(bench.inputs.indexOf(input));
      complete &= gradient.isPresent();
      gradient.ifPresent(
          g ->
              assertEquals(
                  input.type().isList() ? input.type() : input.type().target(),
                  g.type(),
                  example + ": gradient"));
    }
    assertTrue(complete || !gradients.reason().isBlank(), example + " gives no reason");
  }

  private static void differentiates(Class<? extends Op> operation) {
    Map<String, Boolean> checked = new LinkedHashMap<>();
    for (Example example : accepted(operation)) {
      if (!example.op().isStateful()) {
        checked.merge(example.op().type(), GradientCheck.check(example), Boolean::logicalOr);
      }
    }
    checked.forEach(
        (type, any) -> assertTrue(any || !promises(operation, type), type + " is differentiable"));
  }

  /** Returns whether an operation gives a gradient for some floating input. */
  private static boolean promises(Class<? extends Op> operation, String type) {
    return accepted(operation).stream()
        .filter(e -> e.op().type().equals(type))
        .map(e -> new Bench(e, Samples.draw(e), Bench.EXACT, false))
        .anyMatch(
            b -> {
              List<Optional<Output>> arriving =
                  b.node.outputs().stream().map(Optional::of).toList();
              Gradients gradients = b.node.op().gradient(new Gradient(b.node, arriving));
              return b.sources.stream()
                  .filter(b.feeds::containsKey)
                  .filter(i -> i.dtype().isFloating())
                  .anyMatch(i -> gradients.get(b.sources.indexOf(i)).isPresent());
            });
  }
}
