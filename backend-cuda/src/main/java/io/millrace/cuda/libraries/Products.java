package io.millrace.cuda.libraries;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Gemm;
import io.millrace.type.DType;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Queues products with cuBLAS, those with an epilogue with cuBLASLt.
 *
 * <p>Both count matrices by columns: a row-major matrix is the transpose of what they see, so that
 * {@code c = a b} is computed as {@code c' = b' a'}.
 */
public final class Products {
  private Products() {}

  public static void run(
      Gemm gemm, ToLongFunction<Address> memory, LibraryHandles handles, CUstream_st stream) {
    if (gemm.epilogue().isPresent()) {
      withEpilogue(gemm, gemm.epilogue().get(), memory, handles, stream);
    } else {
      plain(gemm, memory, handles);
    }
  }

  private static void plain(Gemm gemm, ToLongFunction<Address> memory, LibraryHandles handles) {
    Status.cublas(
        "cublasSetWorkspace",
        cublas.cublasSetWorkspace_v2(
            handles.blas(), new At(memory.applyAsLong(gemm.workspace())), gemm.workspaceBytes()));
    int type = type(gemm.dtype());
    try (Pointer one = scalar(gemm.dtype(), 1);
        Pointer zero = scalar(gemm.dtype(), 0)) {
      Status.cublas(
          "cublasGemmStridedBatchedEx",
          cublas.cublasGemmStridedBatchedEx_64(
              handles.blas(),
              operation(gemm.transposeB()),
              operation(gemm.transposeA()),
              gemm.n(),
              gemm.m(),
              gemm.k(),
              one,
              new At(memory.applyAsLong(gemm.b())),
              type,
              gemm.transposeB() ? gemm.k() : gemm.n(),
              gemm.oneB() ? 0 : gemm.k() * gemm.n(),
              new At(memory.applyAsLong(gemm.a())),
              type,
              gemm.transposeA() ? gemm.m() : gemm.k(),
              gemm.oneA() ? 0 : gemm.m() * gemm.k(),
              zero,
              new At(memory.applyAsLong(gemm.c())),
              type,
              gemm.n(),
              gemm.m() * gemm.n(),
              gemm.batch(),
              computeType(gemm),
              cublas.CUBLAS_GEMM_DEFAULT));
    }
  }

  private static Pointer scalar(DType dtype, double value) {
    return dtype == DType.FLOAT32 ? new FloatPointer((float) value) : new DoublePointer(value);
  }

  private static int type(DType dtype) {
    return dtype == DType.FLOAT32 ? cudart.CUDA_R_32F : cudart.CUDA_R_64F;
  }

  private static int operation(boolean transposed) {
    return transposed ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N;
  }

  private static int computeType(Gemm gemm) {
    if (gemm.dtype() == DType.FLOAT64) {
      return cublas.CUBLAS_COMPUTE_64F;
    }
    return gemm.tensorFloat32() ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32 : cublas.CUBLAS_COMPUTE_32F;
  }

  /** Returns whether cuBLASLt has an algorithm for a product with an epilogue. */
  public static boolean hasEpilogue(Gemm gemm, LibraryHandles handles) {
    try (LtProblem problem = new LtProblem(gemm)) {
      return problem.algorithm(handles).isPresent();
    }
  }

  private static void withEpilogue(
      Gemm gemm,
      Gemm.Epilogue epilogue,
      ToLongFunction<Address> memory,
      LibraryHandles handles,
      CUstream_st stream) {
    try (LtProblem problem = new LtProblem(gemm);
        Pointer one = scalar(gemm.dtype(), 1);
        Pointer zero = scalar(gemm.dtype(), 0)) {
      problem.setBias(memory.applyAsLong(epilogue.bias()));
      Pointer c = new At(memory.applyAsLong(gemm.c()));
      Status.cublas(
          "cublasLtMatmul",
          cublas.cublasLtMatmul(
              handles.blasLt(),
              problem.operation,
              one,
              new At(memory.applyAsLong(gemm.b())),
              problem.left,
              new At(memory.applyAsLong(gemm.a())),
              problem.right,
              zero,
              c,
              problem.result,
              c,
              problem.result,
              problem
                  .algorithm(handles)
                  .orElseThrow(() -> new CudaException("cuBLASLt has no algorithm for " + gemm))
                  .algo(),
              new At(memory.applyAsLong(gemm.workspace())),
              gemm.workspaceBytes(),
              stream));
    }
  }

  /** A product as cuBLASLt wants it described. */
  private static final class LtProblem implements AutoCloseable {
    private final Gemm gemm;
    private final cublasLtMatmulDescOpaque_t operation;
    private final cublasLtMatrixLayoutOpaque_t left;
    private final cublasLtMatrixLayoutOpaque_t right;
    private final cublasLtMatrixLayoutOpaque_t result;
    private final cublasLtMatmulHeuristicResult_t found = new cublasLtMatmulHeuristicResult_t();

    LtProblem(Gemm gemm) {
      this.gemm = gemm;
      try (PointerPointer<cublasLtMatmulDescOpaque_t> made = new PointerPointer<>(1)) {
        Status.cublas(
            "cublasLtMatmulDescCreate",
            cublas.cublasLtMatmulDescCreate(made, computeType(gemm), type(gemm.dtype())));
        operation = made.get(cublasLtMatmulDescOpaque_t.class, 0);
      }
      set(cublas.CUBLASLT_MATMUL_DESC_TRANSA, operation(gemm.transposeB()));
      set(cublas.CUBLASLT_MATMUL_DESC_TRANSB, operation(gemm.transposeA()));
      boolean relu = gemm.epilogue().map(Gemm.Epilogue::relu).orElse(false);
      set(
          cublas.CUBLASLT_MATMUL_DESC_EPILOGUE,
          relu ? cublas.CUBLASLT_EPILOGUE_RELU_BIAS : cublas.CUBLASLT_EPILOGUE_BIAS);
      left = layout(gemm.transposeB(), gemm.n(), gemm.k());
      right = layout(gemm.transposeA(), gemm.k(), gemm.m());
      result = layout(false, gemm.n(), gemm.m());
    }

    private void set(int attribute, int value) {
      try (IntPointer pointer = new IntPointer(new int[] {value})) {
        Status.cublas(
            "cublasLtMatmulDescSetAttribute",
            cublas.cublasLtMatmulDescSetAttribute(operation, attribute, pointer, Integer.BYTES));
      }
    }

    void setBias(long address) {
      try (LongPointer pointer = new LongPointer(new long[] {address})) {
        Status.cublas(
            "cublasLtMatmulDescSetAttribute",
            cublas.cublasLtMatmulDescSetAttribute(
                operation, cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER, pointer, Long.BYTES));
      }
    }

    private cublasLtMatrixLayoutOpaque_t layout(boolean transposed, long rows, long columns) {
      long down = transposed ? columns : rows;
      try (PointerPointer<cublasLtMatrixLayoutOpaque_t> made = new PointerPointer<>(1)) {
        Status.cublas(
            "cublasLtMatrixLayoutCreate",
            cublas.cublasLtMatrixLayoutCreate(
                made, type(gemm.dtype()), down, transposed ? rows : columns, down));
        return made.get(cublasLtMatrixLayoutOpaque_t.class, 0);
      }
    }

    /** Tells how an operand is aligned, which is taken for 256 bytes otherwise. */
    private static void align(
        cublasLtMatmulPreferenceOpaque_t preference, int attribute, Address address) {
      int alignment = (int) Long.lowestOneBit(Address.ALIGNMENT | address.offset());
      try (IntPointer pointer = new IntPointer(new int[] {alignment})) {
        Status.cublas(
            "cublasLtMatmulPreferenceSetAttribute",
            cublas.cublasLtMatmulPreferenceSetAttribute(
                preference, attribute, pointer, Integer.BYTES));
      }
    }

    /** Returns the algorithm that cuBLASLt thinks best; none if it has none. */
    Optional<cublasLtMatmulHeuristicResult_t> algorithm(LibraryHandles handles) {
      try (PointerPointer<cublasLtMatmulPreferenceOpaque_t> made = new PointerPointer<>(1);
          LongPointer bytes = new LongPointer(new long[] {gemm.workspaceBytes()})) {
        Status.cublas(
            "cublasLtMatmulPreferenceCreate", cublas.cublasLtMatmulPreferenceCreate(made));
        cublasLtMatmulPreferenceOpaque_t preference =
            made.get(cublasLtMatmulPreferenceOpaque_t.class, 0);
        try {
          Status.cublas(
              "cublasLtMatmulPreferenceSetAttribute",
              cublas.cublasLtMatmulPreferenceSetAttribute(
                  preference, cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes, Long.BYTES));
          // What cuBLASLt calls A is our b.
          align(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, gemm.b());
          align(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, gemm.a());
          align(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, gemm.c());
          align(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, gemm.c());
          int[] count = new int[1];
          int status =
              cublas.cublasLtMatmulAlgoGetHeuristic(
                  handles.blasLt(),
                  operation,
                  left,
                  right,
                  result,
                  result,
                  preference,
                  1,
                  found,
                  count);
          if (status == cublas.CUBLAS_STATUS_NOT_SUPPORTED
              || status == cublas.CUBLAS_STATUS_INVALID_VALUE) {
            return Optional.empty();
          }
          Status.cublas("cublasLtMatmulAlgoGetHeuristic", status);
          return count[0] == 0 ? Optional.empty() : Optional.of(found);
        } finally {
          Status.cublas(
              "cublasLtMatmulPreferenceDestroy",
              cublas.cublasLtMatmulPreferenceDestroy(preference));
        }
      }
    }

    @Override
    public void close() {
      Status.cublas("cublasLtMatmulDescDestroy", cublas.cublasLtMatmulDescDestroy(operation));
      for (cublasLtMatrixLayoutOpaque_t layout :
          new cublasLtMatrixLayoutOpaque_t[] {left, right, result}) {
        Status.cublas("cublasLtMatrixLayoutDestroy", cublas.cublasLtMatrixLayoutDestroy(layout));
      }
      found.close();
    }
  }
}
