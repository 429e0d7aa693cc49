package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Operand;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Only attributes are numbers alone: what is an input of an operation may be given as a tensor too,
 * as in TensorFlow.
 */
class NumbersOnlyTest {
  /** Attributes in TensorFlow, or numbers that its Python functions refuse as tensors. */
  private static final String ATTRIBUTES =
      """
      approximateEqual tolerance
      avgPool size
      avgPool strides
      avgPool window
      batchToSpace blockSize
      countUpTo limit
      depthToSpace blockSize
      dynamicPartition numPartitions
      extractImagePatches rates
      extractImagePatches sizes
      extractImagePatches strides
      fusedBatchNorm epsilon
      gather batchDims
      gatherNd batchDims
      leakyRelu alpha
      localResponseNormalization alpha
      localResponseNormalization beta
      localResponseNormalization bias
      localResponseNormalization depthRadius
      matrixNorm columns
      matrixNorm ord
      matrixNorm rows
      maxPool size
      maxPool strides
      maxPool window
      norm ord
      oneHot axis
      reverseSequence batchAxis
      reverseSequence sequenceAxis
      spaceToBatch blockSize
      spaceToDepth blockSize
      split parts
      squeeze axes
      stack axis
      tensordot axesOfA
      tensordot axesOfB
      unstack axis
      """;

  private static boolean isNumber(Class<?> type) {
    Class<?> element = type.isArray() ? type.getComponentType() : type;
    return element.isPrimitive() && element != boolean.class;
  }

  private static boolean takesTensor(Method other, Method method, int at) {
    Class<?>[] own = method.getParameterTypes();
    Class<?>[] theirs = other.getParameterTypes();
    if (!other.getName().equals(method.getName()) || own.length != theirs.length) {
      return false;
    }
    return theirs[at] == Object.class || theirs[at] == Operand.class;
  }

  @Test
  void areAttributes() {
    List<Class<?>> views = new ArrayList<>(List.of(Ops.class));
    Arrays.stream(Ops.class.getFields()).map(Field::getType).forEach(views::add);
    TreeSet<String> found = new TreeSet<>();
    for (Class<?> view : views) {
      List<Method> methods =
          Arrays.stream(view.getMethods())
              .filter(m -> m.getDeclaringClass() != Building.class)
              .filter(m -> m.getDeclaringClass() != Object.class)
              .toList();
      for (Method method : methods) {
        for (int i = 0; i < method.getParameterCount(); i++) {
          int at = i;
          if (isNumber(method.getParameterTypes()[i])
              && methods.stream().noneMatch(other -> takesTensor(other, method, at))) {
            found.add(method.getName() + " " + method.getParameters()[i].getName());
          }
        }
      }
    }
    assertEquals(ATTRIBUTES, String.join("\n", found) + "\n");
  }
}
