package io.millrace.cuda.libraries;

import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;

/** What cuDNN is told of one convolution. */
@SuppressWarnings("deprecation") // Convolutions of cuDNN 9 without its graphs are deprecated.
final class CudnnDescriptors implements AutoCloseable {
  private final cudnnTensorStruct data = new cudnnTensorStruct();
  private final cudnnTensorStruct result = new cudnnTensorStruct();
  private final cudnnFilterStruct filter = new cudnnFilterStruct();
  private final cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();

  /**
   * Makes the descriptors.
   *
   * @throws CudaException if cuDNN refuses one, or computes another shape of the result
   */
  CudnnDescriptors(ConvolutionCall.Problem problem) {
    try {
      create();
      set(problem);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void create() {
    Status.cudnn("cudnnCreateTensorDescriptor", cudnn.cudnnCreateTensorDescriptor(data));
    Status.cudnn("cudnnCreateTensorDescriptor", cudnn.cudnnCreateTensorDescriptor(result));
    Status.cudnn("cudnnCreateFilterDescriptor", cudnn.cudnnCreateFilterDescriptor(filter));
    Status.cudnn(
        "cudnnCreateConvolutionDescriptor", cudnn.cudnnCreateConvolutionDescriptor(convolution));
  }

  private void set(ConvolutionCall.Problem problem) {
    int type = problem.dtype() == DType.FLOAT64 ? cudnn.CUDNN_DATA_DOUBLE : cudnn.CUDNN_DATA_FLOAT;
    int rank = problem.data().size();
    tensor(data, type, problem.data());
    tensor(result, type, problem.result());
    Status.cudnn(
        "cudnnSetFilterNdDescriptor",
        cudnn.cudnnSetFilterNdDescriptor(
            filter, type, cudnn.CUDNN_TENSOR_NHWC, rank, channelsSecond(problem.filter())));
    Status.cudnn(
        "cudnnSetConvolutionNdDescriptor",
        cudnn.cudnnSetConvolutionNdDescriptor(
            convolution,
            rank - 2,
            ints(problem.padding()),
            ints(problem.strides()),
            ints(problem.dilations()),
            cudnn.CUDNN_CROSS_CORRELATION,
            type));
    Status.cudnn(
        "cudnnSetConvolutionGroupCount",
        cudnn.cudnnSetConvolutionGroupCount(convolution, problem.groups()));
    setMathType(problem.tensorFloat32() ? cudnn.CUDNN_DEFAULT_MATH : cudnn.CUDNN_FMA_MATH);
    int[] found = new int[rank];
    Status.cudnn(
        "cudnnGetConvolutionNdForwardOutputDim",
        cudnn.cudnnGetConvolutionNdForwardOutputDim(convolution, data, filter, rank, found));
    List<Integer> computed = new ArrayList<>();
    for (int extent : found) {
      computed.add(extent);
    }
    computed.add(computed.remove(1));
    if (!computed.equals(problem.result())) {
      throw new CudaException("cuDNN gives the shape " + computed + " to the result of " + problem);
    }
  }

  private static void tensor(cudnnTensorStruct tensor, int type, List<Integer> shape) {
    Status.cudnn(
        "cudnnSetTensorNdDescriptorEx",
        cudnn.cudnnSetTensorNdDescriptorEx(
            tensor, cudnn.CUDNN_TENSOR_NHWC, type, shape.size(), channelsSecond(shape)));
  }

  /** Returns extents as cuDNN counts them, the channels before the spatial axes, in any layout. */
  private static int[] channelsSecond(List<Integer> shape) {
    List<Integer> moved = new ArrayList<>(shape);
    moved.add(1, moved.remove(moved.size() - 1));
    return ints(moved);
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(n -> n).toArray();
  }

  /** Says how products may be computed. */
  void setMathType(int type) {
    Status.cudnn(
        "cudnnSetConvolutionMathType", cudnn.cudnnSetConvolutionMathType(convolution, type));
  }

  cudnnTensorStruct data() {
    return data;
  }

  cudnnTensorStruct result() {
    return result;
  }

  cudnnFilterStruct filter() {
    return filter;
  }

  cudnnConvolutionStruct convolution() {
    return convolution;
  }

  @Override
  public void close() {
    if (!data.isNull()) {
      Status.cudnn("cudnnDestroyTensorDescriptor", cudnn.cudnnDestroyTensorDescriptor(data));
    }
    if (!result.isNull()) {
      Status.cudnn("cudnnDestroyTensorDescriptor", cudnn.cudnnDestroyTensorDescriptor(result));
    }
    if (!filter.isNull()) {
      Status.cudnn("cudnnDestroyFilterDescriptor", cudnn.cudnnDestroyFilterDescriptor(filter));
    }
    if (!convolution.isNull()) {
      Status.cudnn(
          "cudnnDestroyConvolutionDescriptor",
          cudnn.cudnnDestroyConvolutionDescriptor(convolution));
    }
  }
}
