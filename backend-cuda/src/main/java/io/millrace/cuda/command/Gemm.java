package io.millrace.cuda.command;

import io.millrace.type.DType;
import java.util.Optional;

/**
 * A batched product of row-major matrices, {@code c[b,m,n] = a[b,m,k] b[b,k,n]}, by cuBLAS; those
 * that are transposed lie with their last two axes swapped.
 *
 * @param dtype FLOAT32 or FLOAT64
 * @param tensorFloat32 whether float32 operands may be rounded to TensorFloat-32
 * @param oneA whether {@code a} is one matrix, which all of the batch are multiplied with
 * @param oneB whether {@code b} is one matrix
 * @param epilogue what is done to the product before it is stored; of one matrix only, of float32
 * @param workspace scratch memory
 * @param workspaceBytes how much of it
 */
public record Gemm(
    DType dtype,
    boolean tensorFloat32,
    boolean transposeA,
    boolean transposeB,
    boolean oneA,
    boolean oneB,
    long batch,
    long m,
    long n,
    long k,
    Address a,
    Address b,
    Address c,
    Optional<Epilogue> epilogue,
    Address workspace,
    long workspaceBytes)
    implements Command {

  /** The most that cuBLAS is given: what NVIDIA recommends for the devices since Hopper. */
  private static final long LARGEST_WORKSPACE = 32L << 20;

  private static final long LEAST_WORKSPACE = 1L << 20;

  /** Into so many parts, whose results are added, a long sum is divided at most. */
  private static final long PARTS = 32;

  /** Returns the bytes that cuBLAS may use for a product of so many bytes. */
  public static long workspaceBytes(long productBytes) {
    return Math.min(LARGEST_WORKSPACE, Math.max(LEAST_WORKSPACE, PARTS * productBytes));
  }

  /**
   * Adds a vector to each row, and then takes the greater of the sum and 0 if {@code relu}.
   *
   * @param bias n elements
   */
  public record Epilogue(Address bias, boolean relu) {}

  /** Returns the same product with an epilogue. */
  public Gemm with(Epilogue added) {
    return new Gemm(
        dtype,
        tensorFloat32,
        transposeA,
        transposeB,
        oneA,
        oneB,
        batch,
        m,
        n,
        k,
        a,
        b,
        c,
        Optional.of(added),
        workspace,
        workspaceBytes);
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.gemm(this);
  }

  @Override
  public String toString() {
    return String.format(
        "gemm %s%s %d x [%d,%d]%s%s [%d,%d]%s%s of %s %s to %s%s",
        dtype,
        tensorFloat32 ? " as tf32" : "",
        batch,
        m,
        k,
        transposeA ? "T" : "",
        oneA && batch > 1 ? " for all" : "",
        k,
        n,
        transposeB ? "T" : "",
        oneB && batch > 1 ? " for all" : "",
        a,
        b,
        c,
        epilogue.map(e -> " + " + e.bias() + (e.relu() ? ", relu" : "")).orElse(""));
  }
}
