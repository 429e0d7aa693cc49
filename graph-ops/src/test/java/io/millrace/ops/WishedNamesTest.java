package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.ops.array.SliceMasks;
import io.millrace.ops.linalg.DiagonalOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whatever the facade builds has the name asked for with {@code withName}: all of it is called. */
class WishedNamesTest {
  private static final Set<String> WITHOUT_NEW_NODES =
      Set.of("globalVariables", "trainableVariables", "variableNamed");

  /** Named after something else, or called by {@link #CALLS} alone. */
  private static final Set<String> APART =
      Set.of("createGlobalStep", "getOrCreateGlobalStep", "gradientsIfConnected");

  /** Calls whose arguments have to fit each other. */
  private static final Map<String, Function<Ops, Object>> CALLS =
      Map.ofEntries(
          Map.entry("assertThat", tf -> tf.assertThat(true, 1)),
          Map.entry("batchToSpace", tf -> tf.batchToSpace(new float[4][1][1][1], new int[2][2], 2)),
          Map.entry(
              "batchToSpaceNd",
              tf -> tf.batchToSpaceNd(new float[2][1], new int[] {2}, new int[1][2])),
          Map.entry("spaceToBatch", tf -> tf.spaceToBatch(new float[1][2][2][1], new int[2][2], 2)),
          Map.entry(
              "spaceToBatchNd",
              tf -> tf.spaceToBatchNd(new float[2][2], new int[] {2}, new int[1][2])),
          Map.entry("depthToSpace", tf -> tf.depthToSpace(new float[1][1][1][4], 2)),
          Map.entry(
              "concat", tf -> tf.concat(List.of(new float[1], new float[1]), tf.tf().constant(0))),
          Map.entry("reverse", tf -> tf.reverse(new float[2], tf.tf().constant(new int[1]))),
          Map.entry(
              "einsum", tf -> tf.einsum("i,i,i->i", new float[2], new float[2], new float[2])),
          Map.entry("countUpTo", tf -> tf.countUpTo(tf.tf().variable(1), 5)),
          Map.entry(
              "stridedSliceAssign",
              tf ->
                  tf.stridedSliceAssign(
                      tf.tf().variable(new float[2]),
                      new int[1],
                      new int[] {1},
                      new int[] {1},
                      new float[1])),
          Map.entry("refSwitch", tf -> tf.refSwitch(tf.tf().variable(1f), true)),
          Map.entry("refMerge", tf -> tf.refMerge(tf.tf().variable(1f), tf.tf().variable(2f))),
          Map.entry("refSelect", tf -> tf.refSelect(0, tf.tf().variable(1f), tf.tf().variable(2f))),
          Map.entry("isVariableInitialized", tf -> tf.isVariableInitialized(tf.tf().variable(1f))),
          Map.entry("pad", tf -> tf.pad(new float[2], new int[1][2])),
          Map.entry(
              "split", tf -> tf.split(new float[2], tf.tf().constant(new int[] {1, 1}), 2, 0)),
          Map.entry(
              "stridedSlice",
              tf ->
                  tf.stridedSlice(
                      new float[2],
                      new int[] {0},
                      new int[] {1},
                      new int[] {1},
                      SliceMasks.none())),
          Map.entry(
              "matrixDiag",
              tf -> tf.matrixDiag(new float[2], 0, 2, 2, 0, DiagonalOps.Align.RIGHT_LEFT)),
          Map.entry(
              "diag", tf -> tf.linalg.diag(new float[2], 0, 2, 2, 0, DiagonalOps.Align.RIGHT_LEFT)),
          Map.entry(
              "fusedBatchNorm",
              tf ->
                  tf.nn.fusedBatchNorm(
                      new float[1][2][2][1], new float[1], new float[1], 0.1f, DataFormat.NHWC)),
          Map.entry(
              "conv2dTranspose",
              tf ->
                  tf.nn.conv2dTranspose(
                      new float[1][2][2][1],
                      new float[2][2][1][1],
                      new int[] {1, 3, 3, 1},
                      ConvOptions.valid())),
          Map.entry(
              "booleanMask", tf -> tf.booleanMask(new float[2], new boolean[] {true, false}, 0)),
          Map.entry("l2Normalize", tf -> tf.linalg.l2Normalize(new float[2], new int[] {0}, 1e-6)),
          Map.entry(
              "tensordot", tf -> tf.tensordot(new float[2], new float[2], tf.tf().constant(1))),
          Map.entry("oneHot", tf -> tf.oneHot(new int[1], 2, 1f, 0f, 0)),
          Map.entry(
              "extractImagePatches",
              tf ->
                  tf.image.extractImagePatches(
                      new float[1][3][3][1],
                      new int[] {2, 2},
                      new int[] {1, 1},
                      new int[] {1, 1},
                      Padding.Kind.VALID)),
          Map.entry(
              "call",
              tf ->
                  tf.call(
                      tf.tf()
                          .function(
                              "f", List.of(TensorType.of(DType.FLOAT32)), Function.identity()),
                      1f)),
          Map.entry("cond", tf -> tf.cond(true, () -> 1, () -> 2)),
          Map.entry("condOfAll", tf -> tf.condOfAll(true, () -> List.of(1), () -> List.of(2))),
          Map.entry("condRun", tf -> tf.condRun(true, () -> {}, () -> {})),
          Map.entry("switchCase", tf -> tf.switchCase(0, List.of(() -> 1, () -> 2))),
          Map.entry("switchCaseOfAll", tf -> tf.switchCaseOfAll(0, List.of(() -> List.of(1)))),
          Map.entry("switchOf", tf -> tf.switchOf(1f, true)),
          Map.entry(
              "whileLoop",
              tf ->
                  tf.whileLoop(
                      v -> tf.tf().less(v.get(0), 3),
                      v -> List.of(tf.tf().add(v.get(0), 1)),
                      List.of(0))),
          Map.entry("mapFn", tf -> tf.mapFn(r -> r, new float[2])),
          Map.entry("foldl", tf -> tf.foldl((a, r) -> a, new float[2], 0f)),
          Map.entry("foldr", tf -> tf.foldr((a, r) -> a, new float[2], 0f)),
          Map.entry("scan", tf -> tf.scan((a, r) -> a, new float[2], 0f)),
          Map.entry("gradients", tf -> gradients(tf, false)),
          Map.entry("gradientsIfConnected", tf -> gradients(tf, true)));

  private static Object gradients(Ops tf, boolean ifConnected) {
    Output x = tf.tf().placeholder(DType.FLOAT32, Shape.of(2), "x");
    Output apart = tf.tf().placeholder(DType.FLOAT32, Shape.of(2), "apart");
    Output y = tf.tf().multiply(x, x);
    return ifConnected
        ? tf.gradientsIfConnected(List.of(y), List.of(apart, x)).get(1).orElseThrow()
        : tf.gradients(List.of(y), List.of(x, x));
  }

  @Test
  void everyResultHasTheNameAskedFor() throws Exception {
    Set<String> wrong = new TreeSet<>();
    Set<String> uncalled = new TreeSet<>();
    for (Method method : methods()) {
      Optional<Object> result = call(method);
      if (result.isEmpty()) {
        uncalled.add(method.getName());
      } else if (!isNamed(result.get())) {
        wrong.add(names(result.get()) + " by " + method);
      }
    }
    for (Map.Entry<String, Function<Ops, Object>> call : CALLS.entrySet()) {
      Object result = call.getValue().apply(Ops.of(new Graph()).withName("n"));
      if (!isNamed(result)) {
        wrong.add(names(result) + " by " + call.getKey());
      }
    }
    uncalled.removeAll(CALLS.keySet());
    assertEquals("", String.join("\n", wrong));
    assertEquals(Set.of(), uncalled);
  }

  @Test
  void nodesInsideBeginWithIt() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Graph.Scope scope = graph.nameScope("layer");
    try (scope) {
      Output loss = tf.withName("loss").nn.sigmoidCrossEntropyWithLogits(new float[2], x);
      assertEquals("layer/loss:0", loss.name());
      assertEquals("layer/loss/AddV2:0", loss.operation().inputs().get(0).name());
    }
    assertEquals("m:0", tf.withName("m").nn.swish(x).name());
    assertEquals("m_1:0", tf.withName("m").nn.swish(x).name());
    assertEquals("swish/MulNoNan:0", tf.nn.swish(x).name());
    try (Session session = new Session(graph);
        Tensor value = session.run("m:0", Map.of("x", new float[] {0}))) {
      assertEquals(0, value.getFloat(0));
    }
  }

  @Test
  void messagesSayIt() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output ids = tf.placeholder(DType.INT32, Shape.of(-1), "ids");
    Output found = tf.withName("words").nn.embeddingLookup(new float[3][2], ids);
    try (Session session = new Session(graph)) {
      ExecutionException e =
          assertThrows(
              ExecutionException.class, () -> session.run(found, Map.of(ids, new int[] {0, 4})));
      assertTrue(
          e.getMessage()
              .startsWith(
                  """
                  the run failed: indices must be in [0, 3): element [1] is 4
                    in words/GatherV2 (GatherV2): input 0 is words/Const:0 float32[3,2], \
                  input 1 is ids:0 int32[?]"""),
          e.getMessage());
    }
  }

  private static List<Method> methods() {
    List<Class<?>> views = new ArrayList<>(List.of(Ops.class));
    Arrays.stream(Ops.class.getFields()).map(Field::getType).forEach(views::add);
    return views.stream()
        .flatMap(view -> Arrays.stream(view.getMethods()))
        .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isBridge())
        .filter(m -> m.getDeclaringClass() != Building.class && builds(m.getReturnType()))
        .filter(m -> !WITHOUT_NEW_NODES.contains(m.getName()))
        .filter(m -> !APART.contains(m.getName()))
        .distinct()
        .toList();
  }

  private static boolean builds(Class<?> type) {
    return Set.<Class<?>>of(Output.class, Operation.class, Variable.class, List.class)
            .contains(type)
        || (type.isRecord() && type.getRecordComponents()[0].getType() == Output.class);
  }

  /** Calls with the first arguments that are accepted. */
  private static Optional<Object> call(Method method) throws Exception {
    Class<?>[] types = method.getParameterTypes();
    long combinations = 1;
    for (Class<?> type : types) {
      combinations *= candidates(Ops.of(new Graph()), type).size();
    }
    for (long choice = 0; choice < Math.min(combinations, 1_500); choice++) {
      Ops tf = Ops.of(new Graph());
      Object[] arguments = new Object[types.length];
      long rest = choice;
      for (int i = types.length - 1; i >= 0; i--) {
        List<Object> candidates = candidates(tf, types[i]);
        arguments[i] = candidates.get((int) (rest % candidates.size()));
        rest /= candidates.size();
      }
      try {
        return Optional.of(method.invoke(view(tf.withName("n"), method), arguments));
      } catch (InvocationTargetException e) {
        Throwable cause = e.getCause();
        assertTrue(
            cause instanceof GraphException
                || cause instanceof IllegalArgumentException
                || cause instanceof ClassCastException,
            () -> method + ": " + cause);
      }
    }
    return Optional.empty();
  }

  private static Object view(Ops tf, Method method) throws IllegalAccessException {
    List<Object> views = new ArrayList<>(List.of(tf));
    for (Field field : Ops.class.getFields()) {
      views.add(field.get(tf));
    }
    return views.stream().filter(method.getDeclaringClass()::isInstance).findFirst().orElseThrow();
  }

  private static List<Object> candidates(Ops tf, Class<?> type) {
    if (type.isEnum()) {
      return List.of(type.getEnumConstants());
    }
    return switch (type.getSimpleName()) {
      case "Object" ->
          List.of(
              x(tf),
              1,
              1f,
              new int[] {1},
              new float[] {1, 2, 3},
              new boolean[][] {{true, false, true}, {true, true, false}},
              new int[] {1, 1},
              new long[] {0, 1},
              new float[1][4][4][2],
              new float[2][2][2][2]);
      case "Object[]" -> List.of(new Object[] {new float[] {1}, new float[] {2}}, new Object[0]);
      case "Output" -> List.of(x(tf));
      case "Operand" -> List.of(x(tf), v(tf));
      case "Operand[]" -> List.<Object>of((Object) new Operand[] {x(tf)});
      case "Operation[]" -> List.<Object>of((Object) new Operation[] {x(tf).operation()});
      case "Collection" -> List.of(List.of(x(tf).operation()), List.of(v(tf)));
      case "List" ->
          List.of(
              List.of(x(tf), x(tf)),
              List.of(tf.constant(new int[] {0}), tf.constant(new int[] {1})),
              List.of(tf.constant(new float[] {0}), tf.constant(new float[] {1})));
      case "int" -> List.of(0, 1, 2, -1);
      case "int[]" ->
          List.of(new int[] {0}, new int[] {1}, new int[0], new int[] {0, 1}, new int[] {1, 1});
      case "long[]" -> List.of(new long[] {0}, new long[] {2, 3}, new long[] {0, 1});
      case "double" -> List.of(1.0, 0.5);
      case "float" -> List.of(0.5f);
      case "boolean" -> List.of(false, true);
      case "String" -> List.of("1:", "ij,jk->ik", "n");
      case "Shape" -> List.of(Shape.of(2, 3));
      case "OptionalLong" -> List.of(OptionalLong.empty());
      case "SliceMasks" -> List.of(SliceMasks.none());
      case "Padding" -> List.of(Padding.VALID);
      case "ConvOptions" -> List.of(ConvOptions.valid());
      case "PoolOptions" -> List.of(PoolOptions.window(1, 1));
      case "Dropout" -> List.of(Dropout.keep(0.5), Dropout.keep(1));
      case "CrossEntropy" ->
          List.of(
              CrossEntropy.labels(new float[][] {{0, 1}}).logits(new float[][] {{0, 1}}),
              CrossEntropy.labels(new int[] {0}).logits(new float[][] {{0, 1}}));
      case "Options" -> List.of(Variable.Options.notTrainable());
      default -> List.of();
    };
  }

  private static Output x(Ops tf) {
    return tf.placeholder(DType.FLOAT32, Shape.of(2, 3), "x");
  }

  private static Variable v(Ops tf) {
    return tf.variable(new float[] {1, 2, 3}, "given");
  }

  /** Returns whether names are n:0, n:1 and so on, or n:0, n_1:0 and so on. */
  private static boolean isNamed(Object result) throws Exception {
    return names(result).matches("n|n:0(, n:\\d)*|n:0(, n_\\d:0)+");
  }

  private static String names(Object result) throws Exception {
    if (result instanceof Output output) {
      return output.name();
    }
    if (result instanceof Operation operation) {
      return operation.name();
    }
    if (result instanceof Variable variable) {
      return variable.name();
    }
    if (result instanceof List<?> list) {
      return list.stream().map(o -> ((Output) o).name()).collect(Collectors.joining(", "));
    }
    List<String> names = new ArrayList<>();
    for (RecordComponent component : result.getClass().getRecordComponents()) {
      names.add(((Output) component.getAccessor().invoke(result)).name());
    }
    return String.join(", ", names);
  }
}
