package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.type.DType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The views of the facade hold the words that TensorFlow 1 has there. */
class ViewsTest {
  private final Ops tf = Ops.of(new Graph());

  /** Returns the words of a view, without those with which families build. */
  private static Set<String> words(Class<?> view) {
    Set<String> building =
        Arrays.stream(Building.class.getMethods()).map(Method::getName).collect(Collectors.toSet());
    return Arrays.stream(view.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .map(Method::getName)
        .filter(name -> !building.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void assertHas(Class<?> view, List<String> some, List<String> none) {
    Set<String> words = words(view);
    assertTrue(words.containsAll(some), words::toString);
    none.forEach(word -> assertFalse(words.contains(word), word));
  }

  @Test
  void noViewIsTheWholeFacade() {
    for (Field field : Ops.class.getFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        assertTrue(Facade.class.isAssignableFrom(field.getType()), field.getName());
        assertHas(field.getType(), List.of(), List.of("placeholder", "variable", "gradients"));
      }
    }
  }

  @Test
  void wordsStandWhereTensorFlowHasThem() {
    assertHas(
        MathApi.class,
        List.of("add", "exp", "reduceSum", "argmax", "cumsum", "segmentSum", "topK", "softmax"),
        List.of("matmul", "conv2d", "bitwiseAnd", "reshape", "norm", "constant"));
    assertEquals(
        Set.of(
            "bitwiseAnd",
            "bitwiseOr",
            "bitwiseXor",
            "invert",
            "leftShift",
            "populationCount",
            "rightShift"),
        words(BitwiseApi.class));
    assertHas(
        LinalgApi.class,
        List.of("matmul", "einsum", "tensordot", "norm", "eye", "trace", "diag", "bandPart"),
        List.of("matrixDiag", "exp", "reduceSum"));
    assertHas(NnApi.class, List.of("relu", "conv2d", "l2Loss"), List.of("exp", "matmul"));
    assertEquals(Set.of("extractImagePatches"), words(ImageApi.class));
    assertHas(RandomApi.class, List.of("uniform"), List.of("exp"));
    assertHas(TrainApi.class, List.of("adam"), List.of("exp"));
    assertHas(InitializersApi.class, List.of("heNormal"), List.of("exp"));
  }

  @Test
  void viewsKeepTheWishedName() {
    Output x = tf.ones(2, 2);
    assertEquals("a", tf.withName("a").nn.relu(x).operation().name());
    assertEquals("b", tf.withName("b").math.exp(x).operation().name());
    assertEquals("c", tf.withName("c").linalg.diag(x).operation().name());
    assertEquals("d", tf.withName("d").bitwise.invert(7).operation().name());
    assertEquals("e:0", tf.withName("e").linalg.norm(x).name());
  }

  @Test
  void diagonalsHaveTheNamesOfTheirView() {
    Output x = tf.ones(2, 2);
    assertEquals("MatrixDiagV3", tf.linalg.diag(x).operation().type());
    assertEquals("MatrixDiagPartV3", tf.linalg.diagPart(x).operation().type());
    assertEquals("MatrixSetDiagV3", tf.linalg.setDiag(x, tf.ones(2)).operation().type());
    assertEquals("MatrixBandPart", tf.linalg.bandPart(x, 1, 0).operation().type());
    assertEquals("Diag", tf.linalg.tensorDiag(x).operation().type());
    assertEquals("DiagPart", tf.linalg.tensorDiagPart(x).operation().type());
    assertEquals(DType.INT32, tf.linalg.eye(2, 3, DType.INT32).dtype());
  }
}
