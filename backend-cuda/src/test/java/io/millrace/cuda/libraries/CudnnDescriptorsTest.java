package io.millrace.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.program.CommandFactory;
import io.millrace.ir.Primitive;
import io.millrace.primitives.ConvolveCases;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.cuda.global.cudnn;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Describes convolutions to cuDNN, which needs its library but no device. */
@SuppressWarnings("deprecation") // As of what is tested.
class CudnnDescriptorsTest {
  @BeforeAll
  static void needsCudnn() {
    try {
      assertTrue(cudnn.cudnnGetVersion() >= 90_000);
    } catch (LinkageError e) {
      assumeTrue(false, "cuDNN or what it needs is not here: " + e);
    }
  }

  private static ConvolutionCall.Problem problem(List<Integer> result) {
    return new ConvolutionCall.Problem(
        Primitive.Convolve.Kind.FORWARD,
        DType.FLOAT32,
        List.of(2, 9, 11, 6),
        List.of(8, 3, 3, 3),
        result,
        List.of(1, 0),
        List.of(2, 1),
        List.of(1, 2),
        2,
        false);
  }

  /** What is asked of cuDNN in the tests of convolutions has, for cuDNN too, the result's shape. */
  @Test
  void acceptsAllProblems() {
    Set<ConvolutionCall.Problem> problems = new LinkedHashSet<>();
    Target target =
        new Target(
            "test",
            9,
            0,
            132,
            false,
            problem -> {
              problems.add(problem);
              return Optional.empty();
            },
            product -> false);
    for (StepCase one : new ConvolveCases().telling()) {
      CommandFactory.make(new StepContext(one.step(), 0, target, false, 0));
    }
    assertTrue(problems.size() > 50);
    problems.forEach(problem -> new CudnnDescriptors(problem).close());
  }

  @Test
  void laysChannelsLast() {
    CudnnDescriptors descriptors = new CudnnDescriptors(problem(List.of(2, 5, 7, 8)));
    int[] type = new int[1];
    int[] rank = new int[1];
    int[] extents = new int[4];
    int[] strides = new int[4];
    Status.cudnn(
        "get",
        cudnn.cudnnGetTensorNdDescriptor(descriptors.data(), 4, type, rank, extents, strides));
    assertEquals(cudnn.CUDNN_DATA_FLOAT, type[0]);
    assertArrayEquals(new int[] {2, 6, 9, 11}, extents);
    assertArrayEquals(new int[] {9 * 11 * 6, 1, 11 * 6, 6}, strides);
    int[] format = new int[1];
    Status.cudnn(
        "get",
        cudnn.cudnnGetFilterNdDescriptor(descriptors.filter(), 4, type, format, rank, extents));
    assertEquals(cudnn.CUDNN_TENSOR_NHWC, format[0]);
    assertArrayEquals(new int[] {8, 3, 3, 3}, extents);
    descriptors.close();
  }

  @Test
  void refusesAnotherShape() {
    CudaException e =
        assertThrows(CudaException.class, () -> new CudnnDescriptors(problem(List.of(2, 5, 8, 8))));
    assertTrue(String.valueOf(e.getMessage()).contains("[2, 5, 7, 8]"), e.getMessage());
  }
}
