package io.millrace.cuda.command;

import io.millrace.type.DType;

/** The names of element types in kernels. */
public final class CudaTypes {
  private CudaTypes() {}

  /** Returns C++'s name of the type. */
  public static String of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case INT32 -> "int";
      case INT64 -> "long long";
      case UINT8, BOOL -> "u8";
    };
  }
}
