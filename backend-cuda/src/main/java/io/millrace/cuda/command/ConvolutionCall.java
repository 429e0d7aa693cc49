package io.millrace.cuda.command;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import java.util.List;

/**
 * A convolution, or one of its gradients, by cuDNN, all tensors channels-last: data {@code [n,
 * spatial..., c]}, filters {@code [cOut, spatial..., cIn/groups]}.
 *
 * @param problem what is convolved
 * @param algorithm cuDNN's number of the algorithm, among those of the problem's kind
 * @param data the data, or their gradient
 * @param filter the filters, or their gradient
 * @param result the forward convolution's output, or the gradient that arrives there
 * @param workspace scratch memory
 */
public record ConvolutionCall(
    Problem problem,
    int algorithm,
    Address data,
    Address filter,
    Address result,
    Address workspace,
    long workspaceBytes)
    implements Command {

  /**
   * The sizes of a convolution.
   *
   * @param data the shape of the data
   * @param filter the shape of the filters, {@code [cOut, spatial..., cIn/groups]}
   * @param result the shape of the output
   * @param padding zeros on either side of each spatial axis
   */
  public record Problem(
      Primitive.Convolve.Kind kind,
      DType dtype,
      List<Integer> data,
      List<Integer> filter,
      List<Integer> result,
      List<Integer> padding,
      List<Integer> strides,
      List<Integer> dilations,
      int groups,
      boolean tensorFloat32) {
    public Problem {
      data = List.copyOf(data);
      filter = List.copyOf(filter);
      result = List.copyOf(result);
      padding = List.copyOf(padding);
      strides = List.copyOf(strides);
      dilations = List.copyOf(dilations);
    }
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.convolution(this);
  }

  @Override
  public String toString() {
    return String.format(
        "convolution %s %s%s data %s %s filter %s %s result %s %s, algorithm %d, workspace %d bytes",
        problem.kind(),
        problem.dtype(),
        problem.tensorFloat32() ? " as tf32" : "",
        problem.data(),
        data,
        problem.filter(),
        filter,
        problem.result(),
        result,
        algorithm,
        workspaceBytes);
  }
}
