package io.millrace.cuda.command;

import io.millrace.type.DType;
import java.util.Optional;

/**
 * The device that plans are made for.
 *
 * @param name as the driver gives it
 * @param major the compute capability's first number
 * @param minor its second number
 * @param multiprocessors how many there are
 * @param tensorFloat32 whether float32 operands may be rounded to TensorFloat-32
 * @param convolutions which algorithms cuDNN has
 * @param epilogues which products cuBLASLt finishes itself
 */
public record Target(
    String name,
    int major,
    int minor,
    int multiprocessors,
    boolean tensorFloat32,
    Convolutions convolutions,
    Epilogues epilogues) {

  /** The name of the kind, in names of devices such as {@code cuda:0}. */
  public static final String KIND = "cuda";

  /** Knows which algorithms cuDNN has on a device. */
  public interface Convolutions {
    /** Returns the algorithm to use, deterministic; none if cuDNN has none for this problem. */
    Optional<Algorithm> choose(ConvolutionCall.Problem problem);
  }

  /** Knows which products with an epilogue cuBLASLt has on a device. */
  public interface Epilogues {
    /** Returns whether there is an algorithm for a product that has an epilogue. */
    boolean has(Gemm product);
  }

  /**
   * An algorithm of cuDNN.
   *
   * @param number cuDNN's number among those of the problem's kind
   * @param workspaceBytes the scratch memory that it needs
   */
  public record Algorithm(int number, long workspaceBytes) {}

  /** Returns whether elements of this type may be rounded to TensorFloat-32. */
  public boolean tensorFloat32(DType dtype) {
    return tensorFloat32 && dtype == DType.FLOAT32;
  }

  /** Returns the same device with or without TensorFloat-32. */
  public Target withTensorFloat32(boolean on) {
    return new Target(name, major, minor, multiprocessors, on, convolutions, epilogues);
  }

  /** Returns the architecture to compile for, such as {@code sm_90}. */
  public String architecture() {
    return "sm_" + major + minor;
  }
}
