package io.millrace.cuda.libraries;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Target;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToIntBiFunction;
import java.util.function.ToLongFunction;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** The convolutions of cuDNN on one device. Thread-safe. */
@SuppressWarnings("deprecation") // Convolutions of cuDNN 9 without its graphs are deprecated.
public final class CudnnConvolutions implements Target.Convolutions {
  private static final System.Logger LOG = System.getLogger("io.millrace.cuda");

  /** The scratch memory that an algorithm may need at most. */
  private static final long MOST_WORKSPACE = 512L << 20;

  private final Runnable activate;
  private final Map<ConvolutionCall.Problem, CudnnDescriptors> descriptors =
      new ConcurrentHashMap<>();
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private final DoublePointer wideOne = new DoublePointer(1d);
  private final DoublePointer wideZero = new DoublePointer(0d);

  /** What algorithms are asked of; made when that is first done. */
  private final cudnnContext advisor = new cudnnContext();

  /**
   * Begins without any convolution.
   *
   * @param activate makes the device that of the calling thread
   */
  public CudnnConvolutions(Runnable activate) {
    this.activate = activate;
  }

  /** An algorithm that cuDNN proposes. */
  private record Proposal(int number, int status, int determinism, int mathType, long workspace) {
    /** Returns whether it works, does the same in every run, and rounds no operands unasked. */
    boolean isAllowed(boolean tensorFloat32) {
      boolean exact =
          mathType != cudnn.CUDNN_TENSOR_OP_MATH
              && mathType != cudnn.CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION;
      return status == cudnn.CUDNN_STATUS_SUCCESS
          && determinism == cudnn.CUDNN_DETERMINISTIC
          && workspace <= MOST_WORKSPACE
          && (exact || tensorFloat32);
    }
  }

  @Override
  public synchronized Optional<Target.Algorithm> choose(ConvolutionCall.Problem problem) {
    activate.run();
    if (advisor.isNull()) {
      Status.cudnn("cudnnCreate", cudnn.cudnnCreate(advisor));
    }
    CudnnDescriptors described;
    try {
      described = describe(problem);
    } catch (CudaException e) {
      LOG.log(System.Logger.Level.DEBUG, "cuDNN does not take " + problem, e);
      return Optional.empty();
    }
    for (Proposal proposal : proposals(problem, described)) {
      if (proposal.isAllowed(problem.tensorFloat32())) {
        if (problem.tensorFloat32()) {
          described.setMathType(proposal.mathType());
        }
        Optional<Long> workspace = workspace(problem, described, proposal.number());
        if (workspace.isPresent()) {
          return Optional.of(new Target.Algorithm(proposal.number(), workspace.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the scratch memory that an algorithm needs; none if cuDNN lacks it after all. */
  private Optional<Long> workspace(
      ConvolutionCall.Problem problem, CudnnDescriptors d, int algorithm) {
    try (SizeTPointer bytes = new SizeTPointer(1)) {
      int status =
          switch (problem.kind()) {
            case FORWARD ->
                cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                    advisor, d.data(), d.filter(), d.convolution(), d.result(), algorithm, bytes);
            case DATA_GRADIENT ->
                cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                    advisor, d.filter(), d.result(), d.convolution(), d.data(), algorithm, bytes);
            case FILTER_GRADIENT ->
                cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                    advisor, d.data(), d.result(), d.convolution(), d.filter(), algorithm, bytes);
          };
      if (isRefusal(status)) {
        return Optional.empty();
      }
      Status.cudnn("cudnnGetConvolutionWorkspaceSize", status);
      return Optional.of(bytes.get()).filter(b -> b <= MOST_WORKSPACE);
    }
  }

  private CudnnDescriptors describe(ConvolutionCall.Problem problem) {
    return descriptors.computeIfAbsent(problem, CudnnDescriptors::new);
  }

  /** Returns cuDNN's proposals, the fastest first; none if it cannot do this at all. */
  private List<Proposal> proposals(ConvolutionCall.Problem problem, CudnnDescriptors d) {
    return switch (problem.kind()) {
      case FORWARD ->
          proposals(
              cudnn::cudnnGetConvolutionForwardAlgorithmMaxCount,
              cudnnConvolutionFwdAlgoPerf_t::new,
              (most, count, found) ->
                  cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                      advisor,
                      d.data(),
                      d.filter(),
                      d.convolution(),
                      d.result(),
                      most,
                      count,
                      found),
              at ->
                  new Proposal(
                      at.algo(), at.status(), at.determinism(), at.mathType(), at.memory()));
      case DATA_GRADIENT ->
          proposals(
              cudnn::cudnnGetConvolutionBackwardDataAlgorithmMaxCount,
              cudnnConvolutionBwdDataAlgoPerf_t::new,
              (most, count, found) ->
                  cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                      advisor,
                      d.filter(),
                      d.result(),
                      d.convolution(),
                      d.data(),
                      most,
                      count,
                      found),
              at ->
                  new Proposal(
                      at.algo(), at.status(), at.determinism(), at.mathType(), at.memory()));
      case FILTER_GRADIENT ->
          proposals(
              cudnn::cudnnGetConvolutionBackwardFilterAlgorithmMaxCount,
              cudnnConvolutionBwdFilterAlgoPerf_t::new,
              (most, count, found) ->
                  cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                      advisor,
                      d.data(),
                      d.result(),
                      d.convolution(),
                      d.filter(),
                      most,
                      count,
                      found),
              at ->
                  new Proposal(
                      at.algo(), at.status(), at.determinism(), at.mathType(), at.memory()));
    };
  }

  private <P extends Pointer> List<Proposal> proposals(
      ToIntBiFunction<cudnnContext, int[]> most,
      LongFunction<P> room,
      Question<P> question,
      Function<P, Proposal> read) {
    int[] count = new int[1];
    Status.cudnn("cudnnGetConvolutionAlgorithmMaxCount", most.applyAsInt(advisor, count));
    try (P found = room.apply(count[0])) {
      int status = question.ask(count[0], count, found);
      if (isRefusal(status)) {
        return List.of();
      }
      Status.cudnn("cudnnGetConvolutionAlgorithm", status);
      List<Proposal> proposals = new ArrayList<>();
      for (int i = 0; i < count[0]; i++) {
        proposals.add(read.apply(found.getPointer(i)));
      }
      return proposals;
    }
  }

  /** Asks for algorithms of one kind of convolution. */
  @FunctionalInterface
  private interface Question<P> {
    /** Returns cuDNN's status and sets what was found, {@code most} at most, and its number. */
    int ask(int most, int[] count, P found);
  }

  /** Returns whether cuDNN says that it cannot do this. */
  private static boolean isRefusal(int status) {
    // All kinds of bad parameters and of what is not supported lie between these.
    return status >= cudnn.CUDNN_STATUS_BAD_PARAM && status < cudnn.CUDNN_STATUS_INTERNAL_ERROR;
  }

  /** Queues a convolution in the stream that the handle is set to. */
  public void run(ConvolutionCall command, ToLongFunction<Address> memory, cudnnContext handle) {
    ConvolutionCall.Problem problem = command.problem();
    boolean wide = problem.dtype() == DType.FLOAT64;
    Pointer times = wide ? wideOne : one;
    Pointer plus = wide ? wideZero : zero;
    CudnnDescriptors d = describe(problem);
    Pointer data = new At(memory.applyAsLong(command.data()));
    Pointer filter = new At(memory.applyAsLong(command.filter()));
    Pointer result = new At(memory.applyAsLong(command.result()));
    long bytes = command.workspaceBytes();
    Pointer workspace = new At(bytes == 0 ? 0 : memory.applyAsLong(command.workspace()));
    switch (problem.kind()) {
      case FORWARD ->
          Status.cudnn(
              "cudnnConvolutionForward",
              cudnn.cudnnConvolutionForward(
                  handle,
                  times,
                  d.data(),
                  data,
                  d.filter(),
                  filter,
                  d.convolution(),
                  command.algorithm(),
                  workspace,
                  bytes,
                  plus,
                  d.result(),
                  result));
      case DATA_GRADIENT ->
          Status.cudnn(
              "cudnnConvolutionBackwardData",
              cudnn.cudnnConvolutionBackwardData(
                  handle,
                  times,
                  d.filter(),
                  filter,
                  d.result(),
                  result,
                  d.convolution(),
                  command.algorithm(),
                  workspace,
                  bytes,
                  plus,
                  d.data(),
                  data));
      case FILTER_GRADIENT ->
          Status.cudnn(
              "cudnnConvolutionBackwardFilter",
              cudnn.cudnnConvolutionBackwardFilter(
                  handle,
                  times,
                  d.data(),
                  data,
                  d.result(),
                  result,
                  d.convolution(),
                  command.algorithm(),
                  workspace,
                  bytes,
                  plus,
                  d.filter(),
                  filter));
    }
  }
}
