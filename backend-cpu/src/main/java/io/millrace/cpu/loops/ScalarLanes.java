package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Writes lanes as Java bytecode that leaves one value on the stack. */
final class ScalarLanes {
  private static final String MATH = "java/lang/Math";

  /** Writes the instructions that push a parameter. */
  interface Parameters {
    void push(Lane parameter);
  }

  private final MethodVisitor code;
  private final List<Lane> lanes;
  private final Parameters parameters;
  private final int[] variables;

  ScalarLanes(MethodVisitor code, LaneFunction function, Parameters parameters) {
    this.code = code;
    this.parameters = parameters;
    lanes = function.lanes();
    variables = new int[lanes.size()];
    Arrays.fill(variables, -1);
  }

  /** Computes a lane into a variable, from which later uses take it. */
  void store(int lane, int variable) {
    push(lane);
    code.visitVarInsn(pick(type(lane), Opcodes.ISTORE), variable);
    variables[lane] = variable;
  }

  private DType type(int lane) {
    return lanes.get(lane).type();
  }

  /** Picks the opcode of a type from that of int: the four kinds follow each other. */
  static int pick(DType type, int forInt) {
    return forInt
        + switch (type) {
          case INT64 -> 1;
          case FLOAT32 -> 2;
          case FLOAT64 -> 3;
          default -> 0;
        };
  }

  static String descriptor(DType type) {
    return switch (type) {
      case INT64 -> "J";
      case FLOAT32 -> "F";
      case FLOAT64 -> "D";
      default -> "I";
    };
  }

  static int slots(DType type) {
    return type.bytes() == 8 ? 2 : 1;
  }

  /** Writes the instructions that push a lane's value. */
  void push(int position) {
    Lane lane = lanes.get(position);
    if (variables[position] >= 0) {
      code.visitVarInsn(pick(lane.type(), Opcodes.ILOAD), variables[position]);
      return;
    }
    switch (lane.op()) {
      case PARAMETER -> parameters.push(lane);
      case CONSTANT -> constant(lane);
      case SELECT -> select(lane);
      case CAST -> {
        push(lane.x());
        cast(type(lane.x()), lane.type());
      }
      case CALL -> call(lane);
      case EQ, NE, LT, LE, GT, GE, NOT -> flag(position);
      default -> {
        for (int k = 0; k < lane.arity(); k++) {
          push(lane.operand(k));
        }
        arithmetic(lane);
      }
    }
  }

  private void constant(Lane lane) {
    switch (lane.type()) {
      case FLOAT32 -> code.visitLdcInsn(Float.intBitsToFloat((int) lane.bits()));
      case FLOAT64 -> code.visitLdcInsn(Double.longBitsToDouble(lane.bits()));
      case INT64 -> code.visitLdcInsn(lane.bits());
      case UINT8 -> code.visitLdcInsn((int) lane.bits() & 0xFF);
      default -> code.visitLdcInsn((int) lane.bits());
    }
  }

  private void arithmetic(Lane lane) {
    DType type = lane.type();
    switch (lane.op()) {
      case ADD -> code.visitInsn(pick(type, Opcodes.IADD));
      case SUB -> code.visitInsn(pick(type, Opcodes.ISUB));
      case MUL -> code.visitInsn(pick(type, Opcodes.IMUL));
      case DIV -> code.visitInsn(pick(type, Opcodes.IDIV));
      case NEG -> code.visitInsn(pick(type, Opcodes.INEG));
      case AND -> code.visitInsn(pick(type, Opcodes.IAND));
      case OR -> code.visitInsn(pick(type, Opcodes.IOR));
      case XOR -> code.visitInsn(pick(type, Opcodes.IXOR));
      case SHIFT_LEFT -> shift(lane, Opcodes.ISHL);
      case SHIFT_RIGHT -> shift(lane, Opcodes.ISHR);
      case MAX -> math("max", type, 2);
      case MIN -> math("min", type, 2);
      case ABS -> math("abs", type, 1);
      case FMA -> math("fma", type, 3);
      case SQRT -> squareRoot(type);
      case TO_BITS -> toBits(type);
      case FROM_BITS -> fromBits(type);
      default -> throw new IllegalArgumentException(lane.toString());
    }
    if (type == DType.UINT8) {
      code.visitIntInsn(Opcodes.SIPUSH, 0xFF);
      code.visitInsn(Opcodes.IAND);
    }
  }

  private void shift(Lane lane, int opcode) {
    code.visitLdcInsn((int) lane.bits());
    code.visitInsn(pick(lane.type(), opcode));
  }

  private void math(String name, DType type, int operands) {
    String letter = descriptor(type);
    invoke(MATH, name, "(" + letter.repeat(operands) + ")" + letter);
  }

  private void squareRoot(DType type) {
    // The float root of a float by way of double is rounded correctly.
    if (type == DType.FLOAT32) {
      code.visitInsn(Opcodes.F2D);
    }
    invoke(MATH, "sqrt", "(D)D");
    if (type == DType.FLOAT32) {
      code.visitInsn(Opcodes.D2F);
    }
  }

  private void toBits(DType type) {
    if (type == DType.INT32) {
      invoke("java/lang/Float", "floatToRawIntBits", "(F)I");
    } else {
      invoke("java/lang/Double", "doubleToRawLongBits", "(D)J");
    }
  }

  private void fromBits(DType type) {
    if (type == DType.FLOAT32) {
      invoke("java/lang/Float", "intBitsToFloat", "(I)F");
    } else {
      invoke("java/lang/Double", "longBitsToDouble", "(J)D");
    }
  }

  private void invoke(String owner, String name, String descriptor) {
    code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
  }

  private void call(Lane lane) {
    DType type = lane.type();
    boolean single = type == DType.FLOAT32;
    String letter = single ? "D" : descriptor(type);
    for (int k = 0; k < lane.arity(); k++) {
      push(lane.operand(k));
      if (single) {
        code.visitInsn(Opcodes.F2D);
      }
    }
    invoke(
        "io/millrace/cpu/loops/ScalarMath",
        lane.helper(),
        "(" + letter.repeat(lane.arity()) + ")" + letter);
    if (single) {
      code.visitInsn(Opcodes.D2F);
    } else {
      wrap(type);
    }
  }

  private void wrap(DType type) {
    if (type == DType.UINT8) {
      code.visitIntInsn(Opcodes.SIPUSH, 0xFF);
      code.visitInsn(Opcodes.IAND);
    }
  }

  private void select(Lane lane) {
    Label otherwise = new Label();
    Label end = new Label();
    jumpUnless(lane.x(), otherwise);
    push(lane.y());
    code.visitJumpInsn(Opcodes.GOTO, end);
    code.visitLabel(otherwise);
    push(lane.z());
    code.visitLabel(end);
  }

  private void flag(int position) {
    Label no = new Label();
    Label end = new Label();
    jumpUnless(position, no);
    code.visitInsn(Opcodes.ICONST_1);
    code.visitJumpInsn(Opcodes.GOTO, end);
    code.visitLabel(no);
    code.visitInsn(Opcodes.ICONST_0);
    code.visitLabel(end);
  }

  private void jumpUnless(int position, Label target) {
    Lane lane = lanes.get(position);
    if (variables[position] >= 0) {
      push(position);
      code.visitJumpInsn(Opcodes.IFEQ, target);
    } else if (lane.op() == LaneOp.NOT) {
      push(lane.x());
      code.visitJumpInsn(Opcodes.IFNE, target);
    } else if (lane.op().isComparison()) {
      compare(lane, target);
    } else {
      push(position);
      code.visitJumpInsn(Opcodes.IFEQ, target);
    }
  }

  private void compare(Lane lane, Label target) {
    DType type = type(lane.x());
    push(lane.x());
    push(lane.y());
    boolean less = lane.op() == LaneOp.LT || lane.op() == LaneOp.LE;
    switch (type) {
      case FLOAT32 -> code.visitInsn(less ? Opcodes.FCMPG : Opcodes.FCMPL);
      case FLOAT64 -> code.visitInsn(less ? Opcodes.DCMPG : Opcodes.DCMPL);
      case INT64 -> code.visitInsn(Opcodes.LCMP);
      default -> {
        code.visitJumpInsn(unless(lane.op()) + (Opcodes.IF_ICMPEQ - Opcodes.IFEQ), target);
        return;
      }
    }
    code.visitJumpInsn(unless(lane.op()), target);
  }

  private static int unless(LaneOp op) {
    return switch (op) {
      case EQ -> Opcodes.IFNE;
      case NE -> Opcodes.IFEQ;
      case LT -> Opcodes.IFGE;
      case LE -> Opcodes.IFGT;
      case GT -> Opcodes.IFLE;
      default -> Opcodes.IFLT;
    };
  }

  private void cast(DType from, DType to) {
    switch (from) {
      case FLOAT32 -> {
        if (to != DType.FLOAT32) {
          code.visitInsn(
              to == DType.FLOAT64 ? Opcodes.F2D : to == DType.INT64 ? Opcodes.F2L : Opcodes.F2I);
        }
      }
      case FLOAT64 ->
          code.visitInsn(
              to == DType.FLOAT32 ? Opcodes.D2F : to == DType.INT64 ? Opcodes.D2L : Opcodes.D2I);
      case INT64 ->
          code.visitInsn(
              to == DType.FLOAT32 ? Opcodes.L2F : to == DType.FLOAT64 ? Opcodes.L2D : Opcodes.L2I);
      default -> {
        if (to == DType.FLOAT32 || to == DType.FLOAT64 || to == DType.INT64) {
          code.visitInsn(
              to == DType.FLOAT32 ? Opcodes.I2F : to == DType.FLOAT64 ? Opcodes.I2D : Opcodes.I2L);
        }
      }
    }
    wrap(to);
  }
}
