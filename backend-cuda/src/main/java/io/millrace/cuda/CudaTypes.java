package io.millrace.cuda;

import io.millrace.DType;

/** The names of element types in kernels. */
final class CudaTypes {
  private CudaTypes() {}

  /** Returns C++'s name of the type. */
  static String of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case INT32 -> "int";
      case INT64 -> "long long";
      case UINT8, BOOL -> "u8";
    };
  }
}
