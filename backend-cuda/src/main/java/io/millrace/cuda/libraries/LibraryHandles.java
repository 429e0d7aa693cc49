package io.millrace.cuda.libraries;

import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;

/** The handles of cuBLAS, cuBLASLt and cuDNN that one stream at a time uses. */
public final class LibraryHandles {
  private final cublasContext blas = new cublasContext();
  private final cublasLtContext blasLt = new cublasLtContext();
  private final cudnnContext dnn = new cudnnContext();

  /** Makes the handles on the thread's current device. */
  public LibraryHandles() {
    Status.cublas("cublasCreate", cublas.cublasCreate_v2(blas));
    Status.cublas("cublasLtCreate", cublas.cublasLtCreate(blasLt));
    Status.cudnn("cudnnCreate", cudnn.cudnnCreate(dnn));
  }

  /** Lets the libraries queue their work in a stream. */
  public LibraryHandles on(CUstream_st stream) {
    Status.cublas("cublasSetStream", cublas.cublasSetStream_v2(blas, stream));
    Status.cudnn("cudnnSetStream", cudnn.cudnnSetStream(dnn, stream));
    return this;
  }

  cublasContext blas() {
    return blas;
  }

  cublasLtContext blasLt() {
    return blasLt;
  }

  public cudnnContext dnn() {
    return dnn;
  }
}
