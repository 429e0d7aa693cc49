package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes a loop that handles a whole vector of elements at a time. */
final class VectorLoopWriter extends LoopWriter {
  private static final String PACKAGE = "jdk/incubator/vector/";
  private static final String VECTOR = PACKAGE + "Vector";
  private static final String MASK = PACKAGE + "VectorMask";
  private static final String SPECIES = PACKAGE + "VectorSpecies";
  private static final String OPERATORS = PACKAGE + "VectorOperators";
  private static final String SEGMENT = "java/lang/foreign/MemorySegment";
  private static final String ORDER = "java/nio/ByteOrder";

  /** Above this many steps, the compiler gives up keeping vectors in registers. */
  private static final int LANE_LIMIT = 220;

  private final int width;
  private final DType floating;
  private final boolean segments = VectorModule.usesSegments();
  private final int[] addresses;

  /** The variable that holds a lane's vector or mask, by lane. */
  private final Map<Integer, Integer> vectors = new HashMap<>();

  /** The element type whose vectors a boolean lane masks. */
  private final Map<Integer, DType> masked = new HashMap<>();

  private VectorLoopWriter(LoopShape shape) {
    super(shape);
    width = width(shape);
    addresses = new int[shape.operands()];
    floating = width == 4 ? DType.FLOAT32 : DType.FLOAT64;
    if (segments) {
      writeSegment();
    }
  }

  /** Returns the code of a loop over vectors; {@link #fits} must hold. */
  static SpanCode vector(LoopShape shape) {
    return new VectorLoopWriter(shape).define();
  }

  /** Returns the bytes of an element if all varying numbers are of one width; else 0. */
  private static int width(LoopShape shape) {
    boolean[] uniform = shape.uniformLanes();
    int width = 0;
    for (int i = 0; i < uniform.length; i++) {
      DType type = shape.function().lanes().get(i).type();
      if (!uniform[i] && !type.isBoolean()) {
        if (width != 0 && width != type.bytes()) {
          return 0;
        }
        width = type.bytes();
      }
    }
    for (int i = 0; width == 0 && i < shape.operands(); i++) {
      width = shape.operandType(i).bytes();
    }
    return width == 4 || width == 8 ? width : 0;
  }

  /** Returns the number of elements in a vector of this loop. */
  static int lanes(LoopShape shape) {
    return VectorModule.lanes(width(shape) == 4 ? DType.FLOAT32 : DType.FLOAT64);
  }

  /** Returns whether a loop can be written with vectors. */
  static boolean fits(LoopShape shape) {
    LaneFunction function = shape.function();
    int width = width(shape);
    if (!VectorModule.isAvailable() || width == 0 || function.lanes().size() > LANE_LIMIT) {
      return false;
    }
    for (int i = 0; i < shape.operands(); i++) {
      boolean single = i < function.parameters().size() && shape.uniform().get(i);
      if (!single && shape.operandType(i).bytes() != width) {
        return false;
      }
    }
    boolean[] uniform = shape.uniformLanes();
    for (int i = 0; i < uniform.length; i++) {
      Lane lane = function.lanes().get(i);
      if (!uniform[i]
          && (lane.op() == LaneOp.CALL
              || (lane.op() == LaneOp.CAST && !lane.type().isFloating())
              || (lane.op() == LaneOp.CAST
                  && function.lanes().get(lane.x()).type().isFloating()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  int step() {
    return VectorModule.lanes(floating);
  }

  /** Writes a constant that is all of memory, for addresses to be taken in. */
  private void writeSegment() {
    type.visitField(
        Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL,
        "MEMORY",
        "L" + SEGMENT + ";",
        null,
        null);
    MethodVisitor init = type.visitMethod(Opcodes.ACC_STATIC, "<clinit>", "()V", null, null);
    init.visitCode();
    init.visitFieldInsn(Opcodes.GETSTATIC, SEGMENT, "NULL", "L" + SEGMENT + ";");
    init.visitLdcInsn(Long.MAX_VALUE);
    init.visitMethodInsn(
        Opcodes.INVOKEINTERFACE, SEGMENT, "reinterpret", "(J)L" + SEGMENT + ";", true);
    init.visitFieldInsn(Opcodes.PUTSTATIC, NAME, "MEMORY", "L" + SEGMENT + ";");
    init.visitInsn(Opcodes.RETURN);
    init.visitMaxs(0, 0);
    init.visitEnd();
  }

  private static String owner(DType type) {
    return PACKAGE + JvmTypes.name(type) + "Vector";
  }

  private static String ref(String type) {
    return "L" + type + ";";
  }

  private void pushSpecies(DType type) {
    code.visitFieldInsn(Opcodes.GETSTATIC, owner(type), "SPECIES_PREFERRED", ref(SPECIES));
  }

  private void pushOrder() {
    code.visitFieldInsn(Opcodes.GETSTATIC, ORDER, "LITTLE_ENDIAN", ref(ORDER));
  }

  private void operator(String name, String kind) {
    code.visitFieldInsn(Opcodes.GETSTATIC, OPERATORS, name, ref(OPERATORS + "$" + kind));
  }

  @Override
  void uniformReady(int lane) {
    DType dtype = function.lanes().get(lane).type();
    if (dtype.isBoolean()) {
      pushSpecies(floating);
      scalars.push(lane);
      code.visitMethodInsn(Opcodes.INVOKEINTERFACE, SPECIES, "maskAll", "(Z)" + ref(MASK), true);
      masked.put(lane, floating);
    } else if (dtype.bytes() != width) {
      return;
    } else {
      pushSpecies(dtype);
      scalars.push(lane);
      String owner = owner(dtype);
      code.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          owner,
          "broadcast",
          "(" + ref(SPECIES) + JvmTypes.of(dtype) + ")" + ref(owner),
          false);
    }
    vectors.put(lane, variable(1));
    code.visitVarInsn(Opcodes.ASTORE, vectors.get(lane));
  }

  @Override
  void writeLoopSetup() {
    for (int i = 0; segments && i < shape.operands(); i++) {
      addresses[i] = pick("addresses", "[J", i, Opcodes.LALOAD, Opcodes.LSTORE, 2);
    }
  }

  @Override
  void writeBody() {
    boolean[] shared = shape.variables();
    for (int i = 0; i < uniform.length; i++) {
      if (!uniform[i] && shared[i]) {
        push(i);
        int variable = variable(1);
        code.visitVarInsn(Opcodes.ASTORE, variable);
        vectors.put(i, variable);
      }
    }
    int parameters = function.parameters().size();
    for (int i = 0; i < function.results().size(); i++) {
      push(function.results().get(i));
      pushPlace(parameters + i);
      pushOrder();
      code.visitMethodInsn(
          Opcodes.INVOKEVIRTUAL,
          owner(function.resultType(i)),
          segments ? "intoMemorySegment" : "intoByteBuffer",
          "(" + place() + ref(ORDER) + ")V",
          false);
    }
  }

  private String place() {
    return segments ? ref(SEGMENT) + "J" : "Ljava/nio/ByteBuffer;I";
  }

  /** Pushes where the current elements of an operand are. */
  private void pushPlace(int operand) {
    if (!segments) {
      pushBuffer(operand);
      pushPosition(operand, false);
      return;
    }
    code.visitFieldInsn(Opcodes.GETSTATIC, NAME, "MEMORY", ref(SEGMENT));
    code.visitVarInsn(Opcodes.LLOAD, addresses[operand]);
    code.visitVarInsn(Opcodes.ILOAD, counter);
    code.visitInsn(Opcodes.I2L);
    code.visitLdcInsn(width == 4 ? 2 : 3);
    code.visitInsn(Opcodes.LSHL);
    code.visitInsn(Opcodes.LADD);
  }

  /** Pushes a lane's vector, or its mask if it is boolean. */
  private void push(int position) {
    Integer variable = vectors.get(position);
    Lane lane = function.lanes().get(position);
    if (variable != null) {
      code.visitVarInsn(Opcodes.ALOAD, variable);
    } else if (lane.op() == LaneOp.PARAMETER) {
      load(lane);
    } else if (lane.op() == LaneOp.SELECT) {
      push(lane.z());
      push(lane.y());
      pushMask(lane.x(), lane.type());
      virtual(lane.type(), "blend", ref(VECTOR) + ref(MASK));
    } else if (lane.op().isComparison()) {
      DType type = function.lanes().get(lane.x()).type();
      push(lane.x());
      operator(lane.op().name(), "Comparison");
      push(lane.y());
      code.visitMethodInsn(
          Opcodes.INVOKEVIRTUAL,
          owner(type),
          "compare",
          "(" + ref(OPERATORS + "$Comparison") + ref(VECTOR) + ")" + ref(MASK),
          false);
      masked.put(position, type);
    } else if (lane.type().isBoolean()) {
      logic(position, lane);
    } else {
      arithmetic(lane);
    }
  }

  private void load(Lane lane) {
    String owner = owner(lane.type());
    pushSpecies(lane.type());
    pushPlace((int) lane.bits());
    pushOrder();
    code.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        owner,
        segments ? "fromMemorySegment" : "fromByteBuffer",
        "(" + ref(SPECIES) + place() + ref(ORDER) + ")" + ref(owner),
        false);
  }

  /** Pushes a boolean lane as a mask of vectors of this type. */
  private void pushMask(int position, DType type) {
    push(position);
    if (masked.get(position) != type) {
      pushSpecies(type);
      code.visitMethodInsn(
          Opcodes.INVOKEVIRTUAL, MASK, "cast", "(" + ref(SPECIES) + ")" + ref(MASK), false);
    }
  }

  private void logic(int position, Lane lane) {
    push(lane.x());
    DType type = masked.getOrDefault(lane.x(), floating);
    masked.put(position, type);
    switch (lane.op()) {
      case NOT -> mask("not", "");
      case XOR -> {
        pushMask(lane.y(), type);
        mask("eq", ref(MASK));
        mask("not", "");
      }
      default -> {
        pushMask(lane.y(), type);
        mask(lane.op() == LaneOp.AND ? "and" : "or", ref(MASK));
      }
    }
  }

  private void mask(String method, String parameters) {
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL, MASK, method, "(" + parameters + ")" + ref(MASK), false);
  }

  /** Calls a method whose value is a vector of the same type. */
  private void virtual(DType type, String method, String parameters) {
    String owner = owner(type);
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL, owner, method, "(" + parameters + ")" + ref(owner), false);
  }

  private void arithmetic(Lane lane) {
    DType type = lane.type();
    push(lane.x());
    switch (lane.op()) {
      case ADD -> binary(lane, "add");
      case SUB -> binary(lane, "sub");
      case MUL -> binary(lane, "mul");
      case DIV -> binary(lane, "div");
      case MAX -> binary(lane, "max");
      case MIN -> binary(lane, "min");
      case NEG -> virtual(type, "neg", "");
      case ABS -> virtual(type, "abs", "");
      case SQRT -> virtual(type, "sqrt", "");
      case FMA -> {
        push(lane.y());
        push(lane.z());
        virtual(type, "fma", ref(VECTOR) + ref(VECTOR));
      }
      case AND, OR, XOR -> {
        operator(lane.op().name(), "Associative");
        push(lane.y());
        virtual(type, "lanewise", ref(OPERATORS + "$Binary") + ref(VECTOR));
      }
      case SHIFT_LEFT -> shift(lane, "LSHL");
      case SHIFT_RIGHT -> shift(lane, "ASHR");
      case TO_BITS -> reinterpret(type, function.lanes().get(lane.x()).type());
      case FROM_BITS -> reinterpret(type, function.lanes().get(lane.x()).type());
      case CAST -> convert(lane);
      default -> throw new IllegalArgumentException(lane.toString());
    }
  }

  private void binary(Lane lane, String method) {
    push(lane.y());
    virtual(lane.type(), method, ref(VECTOR));
  }

  private void shift(Lane lane, String name) {
    operator(name, "Binary");
    Type type = JvmTypes.of(lane.type());
    code.visitLdcInsn(
        type.getSort() == Type.LONG ? (Object) lane.bits() : (Object) (int) lane.bits());
    virtual(lane.type(), "lanewise", ref(OPERATORS + "$Binary") + type);
  }

  private void reinterpret(DType to, DType from) {
    String method = "reinterpretAs" + JvmTypes.name(to) + "s";
    code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner(from), method, "()" + ref(owner(to)), false);
  }

  private static String letter(DType type) {
    return JvmTypes.name(type).substring(0, 1);
  }

  private void convert(Lane lane) {
    DType from = function.lanes().get(lane.x()).type();
    operator(letter(from) + "2" + letter(lane.type()), "Conversion");
    code.visitInsn(Opcodes.ICONST_0);
    code.visitMethodInsn(
        Opcodes.INVOKEVIRTUAL,
        owner(from),
        "convert",
        "(" + ref(OPERATORS + "$Conversion") + "I)" + ref(VECTOR),
        false);
    code.visitTypeInsn(Opcodes.CHECKCAST, owner(lane.type()));
  }
}
