package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

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
    code.visitVarInsn(JvmTypes.opcode(type(lane), Opcodes.ISTORE), variable);
    variables[lane] = variable;
  }

  private DType type(int lane) {
    return lanes.get(lane).type();
  }

  /** Writes the instructions that push a lane's value. */
  void push(int position) {
    Lane lane = lanes.get(position);
    if (variables[position] >= 0) {
      code.visitVarInsn(JvmTypes.opcode(lane.type(), Opcodes.ILOAD), variables[position]);
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
    long bits = lane.type().wrap(lane.bits());
    switch (JvmTypes.of(lane.type()).getSort()) {
      case Type.FLOAT -> code.visitLdcInsn(Float.intBitsToFloat((int) bits));
      case Type.DOUBLE -> code.visitLdcInsn(Double.longBitsToDouble(bits));
      case Type.LONG -> code.visitLdcInsn(bits);
      default -> code.visitLdcInsn((int) bits);
    }
  }

  private void arithmetic(Lane lane) {
    DType type = lane.type();
    switch (lane.op()) {
      case ADD -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IADD));
      case SUB -> code.visitInsn(JvmTypes.opcode(type, Opcodes.ISUB));
      case MUL -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IMUL));
      case DIV -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IDIV));
      case NEG -> code.visitInsn(JvmTypes.opcode(type, Opcodes.INEG));
      case AND -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IAND));
      case OR -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IOR));
      case XOR -> code.visitInsn(JvmTypes.opcode(type, Opcodes.IXOR));
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
    wrap(type);
  }

  private void shift(Lane lane, int opcode) {
    code.visitLdcInsn((int) lane.bits());
    code.visitInsn(JvmTypes.opcode(lane.type(), opcode));
  }

  private void math(String name, DType type, int operands) {
    String letter = JvmTypes.of(type).getDescriptor();
    invoke(MATH, name, "(" + letter.repeat(operands) + ")" + letter);
  }

  private void squareRoot(DType type) {
    // The float root of a float by way of double is rounded correctly.
    cast(type, DType.FLOAT64);
    invoke(MATH, "sqrt", "(D)D");
    cast(DType.FLOAT64, type);
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
    DType computed = type.isFloating() ? DType.FLOAT64 : type;
    String letter = JvmTypes.of(computed).getDescriptor();
    for (int k = 0; k < lane.arity(); k++) {
      push(lane.operand(k));
      cast(type, computed);
    }
    invoke(
        "io/millrace/cpu/loops/ScalarMath",
        lane.helper(),
        "(" + letter.repeat(lane.arity()) + ")" + letter);
    cast(computed, type);
  }

  /** Brings an int into the range of an unsigned type. */
  void wrap(DType type) {
    if (type.isInteger() && !type.isSigned()) {
      code.visitLdcInsn((int) type.highest());
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
    push(lane.x());
    push(lane.y());
    boolean less = lane.op() == LaneOp.LT || lane.op() == LaneOp.LE;
    switch (JvmTypes.of(type(lane.x())).getSort()) {
      case Type.FLOAT -> code.visitInsn(less ? Opcodes.FCMPG : Opcodes.FCMPL);
      case Type.DOUBLE -> code.visitInsn(less ? Opcodes.DCMPG : Opcodes.DCMPL);
      case Type.LONG -> code.visitInsn(Opcodes.LCMP);
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
    // The conversions follow each other: from int, long, float and double to the three others.
    int x = JvmTypes.opcode(from, 0);
    int y = JvmTypes.opcode(to, 0);
    if (x != y) {
      code.visitInsn(Opcodes.I2L + 3 * x + (y > x ? y - 1 : y));
    }
    wrap(to);
  }
}
