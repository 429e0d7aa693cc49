package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Feed;
import io.millrace.FeedException;
import io.millrace.FunctionBody;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.State;
import io.millrace.Tensor;
import io.millrace.op.Attributes;
import io.millrace.op.Op;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.array.SliceMasks;
import io.millrace.ops.flow.LoopOps;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.SourceLine;
import io.millrace.type.TensorType;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Null is refused by name wherever users can give it. */
class NullTest {
  /** What Java makes itself, and what only families of operations call. */
  private static final Set<String> NOT_FOR_USERS =
      Set.of(
          "DType.valueOf name",
          "Ops.nameOr otherwise",
          "Facade.nameOr otherwise",
          "Building.each names",
          "Building.each tensors");

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(2, 3), "x");
  private final Variable variable = tf.variable(tf.zeros(2, 3), "v");
  private final NullCalls calls = new NullCalls(samples(), graph::size, NOT_FOR_USERS);

  private Map<Class<?>, List<?>> samples() {
    Map<Class<?>, List<?>> samples = new HashMap<>(options());
    Output index = tf.constant(1);
    Output indices = tf.constant(new int[] {0, 1});
    Output vector = tf.constant(new float[] {1, 2});
    Output image = tf.zeros(1, 4, 4, 1);
    List<?> lists =
        List.of(
            List.of(x),
            List.of(x, x),
            List.of(variable),
            List.of("x"),
            List.of(1L, 1L),
            List.of(x.operation()));
    samples.put(Object.class, List.of(x, 0.5f, 1, indices, vector, image));
    samples.put(Output.class, List.of(x, index, indices, vector, image));
    samples.put(Operand.class, List.of(x, variable, index, indices));
    samples.put(Variable.class, List.of(variable));
    samples.put(Operation.class, List.of(x.operation()));
    samples.put(Graph.class, List.of(graph));
    samples.put(Op.class, List.of(new IdentityOps.Identity()));
    samples.put(List.class, lists);
    samples.put(Collection.class, lists);
    samples.put(Map.class, List.of(Map.of(variable, new float[2][3])));
    samples.put(
        Supplier.class, List.of((Supplier<Object>) () -> x, (Supplier<Object>) () -> List.of(x)));
    samples.put(UnaryOperator.class, List.of(UnaryOperator.identity()));
    samples.put(Function.class, List.of(Function.identity()));
    samples.put(
        LoopOps.FoldFunction.class, List.of((LoopOps.FoldFunction) (before, row) -> before));
    samples.put(LoopOptions.class, List.of(LoopOptions.defaults()));
    samples.put(TensorArrayOptions.class, List.of(TensorArrayOptions.defaults()));
    samples.put(OptionalInt.class, List.of(OptionalInt.empty()));
    samples.put(Runnable.class, List.of((Runnable) () -> {}));
    samples.put(GraphFunction.class, List.of(FunctionBody.alone("f").finish(List.of(), List.of())));
    samples.put(CrossEntropy.class, List.of(CrossEntropy.labels(x).logits(x)));
    return samples;
  }

  private static Map<Class<?>, List<?>> options() {
    SessionOptions session = SessionOptions.defaults();
    return Map.ofEntries(
        Map.entry(boolean.class, List.of(true, false)),
        Map.entry(int.class, List.of(0, 1)),
        Map.entry(long.class, List.of(2L, 1L)),
        Map.entry(float.class, List.of(0.5f)),
        Map.entry(double.class, List.of(0.5, 1.0)),
        Map.entry(byte[].class, List.of(new byte[4])),
        Map.entry(boolean[].class, List.of(new boolean[] {true, false})),
        Map.entry(long[].class, List.of(new long[] {2, 3}, new long[] {1}, new long[0])),
        Map.entry(int[].class, List.of(new int[] {0}, new int[] {1, 1}, new int[] {2, 2})),
        Map.entry(String.class, List.of("x", "cpu", "0", "ij,jk->ik", "SAME")),
        Map.entry(Class.class, List.of(Variable.class)),
        Map.entry(Optional.class, List.of(Optional.empty())),
        Map.entry(OptionalLong.class, List.of(OptionalLong.empty())),
        Map.entry(DType.class, List.of(DType.FLOAT32, DType.INT32, DType.INT64)),
        Map.entry(Shape.class, List.of(Shape.of(2, 3), Shape.of(2))),
        Map.entry(TensorType.class, List.of(TensorType.of(DType.INT32, 1))),
        Map.entry(Literal.class, List.of(Literal.ofInts(1))),
        Map.entry(Tensor.class, List.of(Tensor.of(new float[2]))),
        Map.entry(HostMemory.class, List.of(Tensor.of(new float[2]).memory())),
        Map.entry(SourceLine.class, List.of(SourceLine.UNKNOWN)),
        Map.entry(Attributes.class, List.of(new Attributes(Map.of()))),
        Map.entry(SessionOptions.class, List.of(session)),
        Map.entry(State.class, List.of(new State(session.device("reference")))),
        Map.entry(SessionOptions.Placement.class, List.of(session.placement())),
        Map.entry(SessionOptions.Plans.class, List.of(session.plans())),
        Map.entry(DeviceOptions.class, List.of(DeviceOptions.defaults())),
        Map.entry(Padding.class, List.of(Padding.VALID)),
        Map.entry(ConvOptions.class, List.of(ConvOptions.valid())),
        Map.entry(PoolOptions.class, List.of(PoolOptions.window(2, 2))),
        Map.entry(SliceMasks.class, List.of(new SliceMasks(0, 0, 0, 0, 0))),
        Map.entry(Dropout.class, List.of(Dropout.keep(0.5))),
        Map.entry(Variable.Options.class, List.of(Variable.Options.defaults())),
        Map.entry(Optimizer.Options.class, List.of(Optimizer.Options.defaults())));
  }

  @Test
  void whatAddsToGraphsRefusesNull() throws ReflectiveOperationException {
    List<Object> objects = new ArrayList<>(List.of(tf, graph, x, variable, tf.train.adam(0.1f)));
    objects.add(tf.tensorArray(DType.FLOAT32, 2));
    for (Field field : Ops.class.getFields()) {
      objects.add(field.get(tf));
    }
    for (Object object : objects) {
      calls.methodsOf(object);
    }
    assertEquals("", calls.complaints());
    assertTrue(calls.refusals() > 800, () -> "only " + calls.refusals());
  }

  @Test
  void whatRunsGraphsRefusesNull() throws ReflectiveOperationException {
    try (Session session = new Session(graph)) {
      calls.methodsOf(session);
      calls.methodsOf(session.runner());
      calls.methodsOf(session.run(List.of(variable.initializer())));
    }
    calls.methodsOf(Feed.none());
    for (Class<?> type : List.of(Session.class, Feed.class, Results.class)) {
      calls.makersOf(type);
    }
    assertEquals("", calls.complaints());
  }

  @Test
  void valuesAndOptionsRefuseNull() throws ReflectiveOperationException {
    List<Object> values =
        List.of(
            Tensor.of(new float[2]),
            Shape.of(2),
            DType.FLOAT32,
            TensorType.of(DType.INT32, 1),
            Literal.ofInts(1),
            SessionOptions.defaults(),
            ConvOptions.valid(),
            PoolOptions.window(2, 2),
            Dropout.keep(0.5),
            TensorArrayOptions.defaults(),
            CrossEntropy.labels(x),
            CrossEntropy.logits(x),
            Variable.Options.defaults(),
            Optimizer.Options.defaults(),
            new GradientAndVariable(Optional.empty(), variable));
    for (Object value : values) {
      calls.methodsOf(value);
      calls.makersOf(value.getClass());
    }
    for (Class<?> type :
        List.of(
            SessionOptions.Placement.class,
            CrossEntropy.class,
            Padding.class,
            Variable.class,
            TensorArray.class,
            Optimizer.Setting.class,
            Optimizer.Settings.class,
            Ops.class)) {
      calls.makersOf(type);
    }
    assertEquals("", calls.complaints());
  }

  @Test
  void theFirstMistakeIsTheUsersNotTheEngines() {
    refused(GraphException.class, () -> tf.matmul(x, null), "[matmul] input 1 of MatMul is null");
    refused(GraphException.class, () -> x.plus(null), "[plus] input 1 of AddV2 is null");
    refused(GraphException.class, () -> variable.assign(null), "[Variable.assign] value is null");
    refused(
        GraphException.class, () -> tf.clipByValue(x, 0, null), "[clipByValue] greatest is null");
    refused(
        GraphException.class,
        () -> tf.addN(Arrays.asList(x, null)),
        "[addN] element 1 of terms is null");
    refused(
        GraphException.class,
        () -> tf.train.adam(0.1f).minimize(null),
        "[Optimizer.minimize] loss is null");
  }

  @Test
  void aRunRefusesNullAfterARightOne() {
    Output twice = tf.multiply(x, 2f);
    Map<Object, Object> feeds = new HashMap<>(Map.of(x, new float[2][3]));
    try (Session session = new Session(graph)) {
      session.run(twice, feeds).close();
      session.run(List.of(twice), feeds).get(0).close();
      for (int repeat = 0; repeat < 2; repeat++) {
        feeds.put(x, null);
        refused(
            FeedException.class,
            () -> session.run(twice, feeds),
            "[Session.run] the value of x:0 float32[2,3] in feeds is null");
        feeds.put(x, new Float[][] {{1f, 2f, 3f}, {4f, null, 6f}});
        refused(FeedException.class, () -> session.run(twice, feeds), "null at [1, 1]");
        feeds.put(x, new float[2][3]);
        refused(
            FeedException.class,
            () -> session.run(Arrays.asList(twice, null), feeds),
            "[Session.run] element 1 of wanted is null");
        refused(FeedException.class, () -> session.run(twice, null), "[Session.run] feeds is null");
        session.run(twice, feeds).close();
      }
    }
  }

  @Test
  void whatIsInsideOfAValueIsTold() {
    refused(GraphException.class, () -> tf.constant(Arrays.asList(1, null)), "null at [1]");
    refused(GraphException.class, () -> tf.add(x, new Float[] {null}), "null at [0]");
    refused(IllegalArgumentException.class, () -> Tensor.of(new float[2][]), "null at [0]");
  }

  @Test
  void aRefusedCallLeavesItsScopeToTheNextOne() {
    Output flags = tf.constant(new boolean[] {true, false});
    for (Executable mistake :
        List.<Executable>of(
            () -> tf.trace(null),
            () -> tf.eye(2, 2, null),
            () -> tf.logicalXor(null, flags),
            () -> tf.logicalXor(flags, null))) {
      assertThrows(GraphException.class, mistake);
    }
    assertEquals("trace/Sum", tf.trace(x).operation().name());
    assertEquals("eye/MatrixDiagV3", tf.eye(2).operation().name());
    assertEquals("LogicalXor/LogicalAnd_1", tf.logicalXor(flags, flags).operation().name());
  }

  private static void refused(
      Class<? extends RuntimeException> kind, Executable mistake, String part) {
    String message = assertThrows(kind, mistake).getMessage();
    assertTrue(message.contains(part), message);
  }
}
