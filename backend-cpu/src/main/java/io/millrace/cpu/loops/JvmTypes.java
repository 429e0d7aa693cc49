package io.millrace.cpu.loops;

import io.millrace.type.DType;
import org.objectweb.asm.Type;

/** How generated code holds, loads and stores the elements of each type. */
final class JvmTypes {
  private JvmTypes() {}

  /** Returns the type of a variable that holds an element; what is shorter than int is one. */
  static Type of(DType dtype) {
    Type memory = memory(dtype);
    return memory.getSort() < Type.INT ? Type.INT_TYPE : memory;
  }

  /** Returns the opcode of a type from that of int. */
  static int opcode(DType dtype, int forInt) {
    return of(dtype).getOpcode(forInt);
  }

  /** Returns the type as which a byte buffer gives and takes elements. */
  static Type memory(DType dtype) {
    return dtype.isBoolean() ? Type.BYTE_TYPE : Type.getType(dtype.javaClass());
  }

  /** Returns what the names of a byte buffer's methods for a type end with. */
  static String accessor(DType dtype) {
    Type memory = memory(dtype);
    return memory.getSort() == Type.BYTE ? "" : capitalized(memory);
  }

  /** Returns the name of the variable's type as it stands inside others, such as {@code Float}. */
  static String name(DType dtype) {
    return capitalized(of(dtype));
  }

  private static String capitalized(Type type) {
    String name = type.getClassName();
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
