package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.lang.invoke.MethodHandles;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Writes the class of a loop, one flat method; this one handles an element at a time.
 *
 * <p>What is the same for all elements is computed before the loop.
 */
class LoopWriter {
  static final String NAME = "io/millrace/cpu/loops/Loop";
  private static final String BUFFER = "java/nio/ByteBuffer";
  private static final String WORKER = "io/millrace/cpu/workers/Worker";
  private static final int FROM = 2;
  private static final int TO = 3;

  final LoopShape shape;
  final LaneFunction function;
  final boolean[] uniform;
  final ClassWriter type;
  MethodVisitor code;
  ScalarLanes scalars;

  /** The loop's counter. */
  int counter;

  private int nextVariable = 4;
  private final int[] buffers;
  private final int[] positions;

  LoopWriter(LoopShape shape) {
    this.shape = shape;
    function = shape.function();
    uniform = shape.uniformLanes();
    buffers = new int[shape.operands()];
    positions = new int[shape.operands()];
    type =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected String getCommonSuperClass(String one, String other) {
            return "java/lang/Object";
          }
        };
    type.visit(
        Opcodes.V17,
        Opcodes.ACC_FINAL | Opcodes.ACC_SUPER,
        NAME,
        null,
        "java/lang/Object",
        new String[] {"io/millrace/cpu/loops/SpanCode"});
    code = type.visitMethod(Opcodes.ACC_PRIVATE, "<init>", "()V", null, null);
    code.visitCode();
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    code = type.visitMethod(Opcodes.ACC_PUBLIC, "run", "(L" + WORKER + ";II)V", null, null);
    scalars = new ScalarLanes(code, function, this::loadParameter);
  }

  /** Returns the code of a loop that handles an element at a time. */
  static SpanCode scalar(LoopShape shape) {
    return new LoopWriter(shape).define();
  }

  final SpanCode define() {
    code.visitCode();
    writeOperands();
    writeUniform();
    writeLoopSetup();
    Label test = new Label();
    Label body = new Label();
    counter = variable(1);
    code.visitVarInsn(Opcodes.ILOAD, FROM);
    code.visitVarInsn(Opcodes.ISTORE, counter);
    code.visitJumpInsn(Opcodes.GOTO, test);
    code.visitLabel(body);
    writeBody();
    code.visitIincInsn(counter, step());
    code.visitLabel(test);
    code.visitVarInsn(Opcodes.ILOAD, counter);
    code.visitVarInsn(Opcodes.ILOAD, TO);
    code.visitJumpInsn(Opcodes.IF_ICMPLT, body);
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    type.visitEnd();
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> loop = lookup.defineHiddenClass(type.toByteArray(), true).lookupClass();
      var constructor = loop.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (SpanCode) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated loop was refused", e);
    }
  }

  /** Returns the number of elements that one turn of the loop handles. */
  int step() {
    return 1;
  }

  /** Reserves variables. */
  final int variable(int slots) {
    nextVariable += slots;
    return nextVariable - slots;
  }

  private void writeOperands() {
    for (int i = 0; i < shape.operands(); i++) {
      buffers[i] = pick("buffers", "[L" + BUFFER + ";", i, Opcodes.AALOAD, Opcodes.ASTORE, 1);
      positions[i] = pick("positions", "[I", i, Opcodes.IALOAD, Opcodes.ISTORE, 1);
    }
  }

  /** Copies an element of one of the worker's arrays into a variable. */
  final int pick(String array, String descriptor, int index, int load, int store, int slots) {
    int variable = variable(slots);
    code.visitVarInsn(Opcodes.ALOAD, 1);
    code.visitFieldInsn(Opcodes.GETFIELD, WORKER, array, descriptor);
    code.visitLdcInsn(index);
    code.visitInsn(load);
    code.visitVarInsn(store, variable);
    return variable;
  }

  /** Computes what all elements share and the loop needs. */
  private void writeUniform() {
    boolean[] needed = new boolean[uniform.length];
    for (int result : function.results()) {
      needed[result] = true;
    }
    for (int i = 0; i < uniform.length; i++) {
      Lane lane = function.lanes().get(i);
      for (int k = 0; k < lane.arity(); k++) {
        needed[lane.operand(k)] |= !uniform[i];
      }
    }
    boolean[] shared = shape.variables();
    for (int i = 0; i < uniform.length; i++) {
      Lane lane = function.lanes().get(i);
      boolean constant = lane.op() == LaneOp.CONSTANT;
      if (uniform[i] && !constant && (needed[i] || shared[i])) {
        scalars.store(i, variable(JvmTypes.of(lane.type()).getSize()));
      }
      if (uniform[i] && needed[i]) {
        uniformReady(i);
      }
    }
  }

  /** Called before the loop for each value that is the same for all elements. */
  void uniformReady(int lane) {}

  /** Writes what else must be ready before the loop. */
  void writeLoopSetup() {}

  /** Writes one turn of the loop. */
  void writeBody() {
    boolean[] shared = shape.variables();
    for (int i = 0; i < uniform.length; i++) {
      Lane lane = function.lanes().get(i);
      if (!uniform[i] && (shared[i] || lane.op() == LaneOp.SELECT)) {
        // A choice is stored at once: its branches must not hold unfinished expressions.
        scalars.store(i, variable(JvmTypes.of(lane.type()).getSize()));
      }
    }
    for (int i = 0; i < function.results().size(); i++) {
      storeResult(i);
    }
  }

  private void storeResult(int index) {
    int operand = function.parameters().size() + index;
    DType dtype = shape.operandType(operand);
    code.visitVarInsn(Opcodes.ALOAD, buffers[operand]);
    pushPosition(operand, false);
    scalars.push(function.results().get(index));
    if (dtype.bytes() == Byte.BYTES) {
      code.visitInsn(Opcodes.I2B);
    }
    buffer("put", dtype, "(I" + JvmTypes.memory(dtype) + ")L" + BUFFER + ";");
    code.visitInsn(Opcodes.POP);
  }

  private void buffer(String method, DType dtype, String descriptor) {
    String name = method + JvmTypes.accessor(dtype);
    code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, BUFFER, name, descriptor, false);
  }

  /** Pushes the byte in an operand's buffer at which the current element is. */
  final void pushPosition(int operand, boolean first) {
    code.visitVarInsn(Opcodes.ILOAD, positions[operand]);
    if (!first) {
      code.visitVarInsn(Opcodes.ILOAD, counter);
      int shift = Integer.numberOfTrailingZeros(shape.operandType(operand).bytes());
      if (shift > 0) {
        code.visitLdcInsn(shift);
        code.visitInsn(Opcodes.ISHL);
      }
      code.visitInsn(Opcodes.IADD);
    }
  }

  final void pushBuffer(int operand) {
    code.visitVarInsn(Opcodes.ALOAD, buffers[operand]);
  }

  private void loadParameter(Lane lane) {
    int operand = (int) lane.bits();
    pushBuffer(operand);
    pushPosition(operand, shape.uniform().get(operand));
    buffer("get", lane.type(), "(I)" + JvmTypes.memory(lane.type()));
    scalars.wrap(lane.type());
  }
}
