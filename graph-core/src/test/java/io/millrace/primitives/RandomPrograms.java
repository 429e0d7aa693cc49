package io.millrace.primitives;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Makes small well-formed programs of all kinds of instructions, and values to run them with. */
public final class RandomPrograms {
  private static final long[][] SHAPES = {
    {}, {3}, {4}, {2, 3}, {3, 2}, {4, 3}, {2, 1, 3}, {2, 2, 3}, {6}, {12}, {1, 4}
  };

  final Random random;
  final ProgramBuilder builder = new ProgramBuilder();
  private final int depth;
  private final DType type;
  private final List<Value> values = new ArrayList<>();
  private final List<Resource> resources = new ArrayList<>();
  private int made;

  private RandomPrograms(Random random, DType type, int depth) {
    this.random = random;
    this.type = type;
    this.depth = depth;
  }

  /** Begins a program inside this one, which computes with what it carries and is fed. */
  RandomPrograms inside(List<Resource> carried, List<TensorType> feeds) {
    RandomPrograms inside = new RandomPrograms(random, type, depth + 1);
    for (Resource resource : carried) {
      inside.values.add(
          inside.builder.emit(
              new Primitive.Read(resource), List.of(), resource.type(), inside.origin()));
    }
    feeds.forEach(type -> inside.values.add(inside.builder.feed(type, inside.origin())));
    for (int i = random.nextInt(5); i >= 0; i--) {
      inside.values.add(inside.instruction());
    }
    return inside;
  }

  /** Returns some value of a type of which there is one. */
  Value fitting(TensorType type) {
    List<Value> fitting = values.stream().filter(v -> v.type().equals(type)).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  public static Program program(long seed) {
    return new RandomPrograms(new Random(seed), DType.FLOAT32, 0).make();
  }

  /** Returns a program of integers, which all devices compute alike. */
  public static Program integers(long seed) {
    return new RandomPrograms(new Random(seed), DType.INT32, 0).make();
  }

  public static List<Literal> feeds(Program program, long seed) {
    Random random = new Random(seed);
    return program.feeds().stream().map(t -> literal(t, random)).toList();
  }

  /** Returns what each resource that programs of a type may have holds before. */
  public static Map<Resource, Literal> resources(DType type, long seed) {
    Random random = new Random(seed);
    Map<Resource, Literal> held = new LinkedHashMap<>();
    for (int i = 0; i < 4; i++) {
      held.put(resource(type, i), literal(resource(type, i).type(), random));
    }
    return held;
  }

  /** Returns the same of floating numbers, by names. */
  public static Map<String, Literal> resources(long seed) {
    Map<String, Literal> held = new HashMap<>();
    resources(DType.FLOAT32, seed).forEach((resource, value) -> held.put(resource.name(), value));
    return held;
  }

  private static Resource resource(DType type, int index) {
    return new Resource("r" + index, new TensorType(type, Shape.of(SHAPES[index % 2 + 3])));
  }

  private static Literal literal(TensorType type, Random random) {
    Literal.Builder literal = new Literal.Builder(type);
    boolean equal = random.nextInt(4) == 0;
    double same = random.nextInt(3) - 1;
    for (long i = 0; i < type.shape().size(); i++) {
      literal.setDouble(i, equal ? same : random.nextInt(9) - 4 + random.nextDouble());
    }
    return literal.build();
  }

  private Program make() {
    for (int i = 0; i < 2; i++) {
      values.add(builder.feed(new TensorType(type, shape()), Origin.of("feed" + i)));
    }
    for (int i = 0; i < 4; i++) {
      resources.add(resource(type, i));
      values.add(
          builder.emit(
              new Primitive.Read(resource(type, i)),
              List.of(),
              resource(type, i).type(),
              Origin.of("r" + i)));
    }
    int size = 4 + random.nextInt(22);
    for (int i = 0; i < size; i++) {
      values.add(instruction());
    }
    for (Resource resource : resources) {
      List<Value> fitting = values.stream().filter(v -> v.type().equals(resource.type())).toList();
      if (random.nextInt(4) != 0) {
        builder.update(resource, fitting.get(random.nextInt(fitting.size())));
      }
    }
    List<Value> fetches = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      fetches.add(any());
    }
    return builder.build(fetches);
  }

  private Shape shape() {
    return Shape.of(SHAPES[random.nextInt(SHAPES.length)]);
  }

  Value any() {
    int back = Math.min(values.size(), random.nextBoolean() ? 5 : 30);
    return values.get(values.size() - 1 - random.nextInt(back));
  }

  Origin origin() {
    return Origin.of("op" + made++);
  }

  private Value instruction() {
    return switch (random.nextInt(depth < 2 ? 18 : 16)) {
      case 0 -> constant(new TensorType(type, shape()));
      case 1 -> reshape();
      case 2 -> move();
      case 3 -> reduce();
      case 4 -> contract();
      case 5 -> type.isFloating() ? window() : map();
      case 6 -> type.isFloating() ? draw() : map();
      case 7 -> check();
      case 8 -> gather();
      case 9 -> scatter();
      case 10 -> sort();
      case 11 -> scan();
      case 12 -> bitcast();
      case 16 -> RandomControl.choose(this);
      case 17 -> RandomControl.repeat(this);
      default -> map();
    };
  }

  private Value reshape() {
    Value x = any();
    List<Shape> fitting =
        Arrays.stream(SHAPES)
            .map(Shape::of)
            .filter(s -> s.size() == x.type().shape().size())
            .toList();
    return fitting.isEmpty()
        ? x
        : builder.emit(
            new Primitive.Reshape(),
            List.of(x),
            x.type().withShape(fitting.get(random.nextInt(fitting.size()))),
            origin());
  }

  /** Takes elements for bytes, and these for elements again. */
  private Value bitcast() {
    Value x = any();
    Shape apart = x.type().shape().concat(Shape.of(type.bytes()));
    TensorType bytes = new TensorType(DType.UINT8, apart);
    Value between = builder.emit(new Primitive.Bitcast(), List.of(x), bytes, origin());
    return builder.emit(new Primitive.Bitcast(), List.of(between), x.type(), origin());
  }

  /** Transposes, reverses, slices or pads. */
  private Value move() {
    Value x = any();
    Shape from = x.type().shape();
    int rank = from.rank();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    long offset = 0;
    long[] dims = new long[rank];
    long[] strides = new long[rank];
    for (int i = 0; i < rank; i++) {
      int axis = order.get(i);
      dims[i] = from.dim(axis);
      strides[i] = from.strides()[axis];
      if (dims[i] > 1 && random.nextInt(4) == 0) {
        dims[i]--;
        offset += strides[i];
      }
      if (random.nextInt(4) == 0) {
        offset += strides[i] * (dims[i] - 1);
        strides[i] = -strides[i];
      }
    }
    Shape extent = Shape.of(dims);
    View source = View.of(offset, strides);
    boolean pad = rank > 0 && random.nextInt(3) == 0;
    Shape shape = pad ? extent.with(0, dims[0] + 2) : extent;
    View target = View.of(pad ? shape.strides()[0] : 0, shape.strides());
    return builder.emit(
        new Primitive.Move(
            List.of(new Primitive.Move.Piece(0, extent, source, target)),
            pad
                ? Optional.of(new ScalarFunction.Constant(type, type.ofDouble(2)))
                : Optional.empty()),
        List.of(x),
        x.type().withShape(shape),
        origin());
  }

  private record Operands(List<Value> values, List<View> views) {}

  private Operands operands(Shape domain, int count) {
    List<Value> chosen = new ArrayList<>();
    List<View> views = new ArrayList<>();
    for (int tries = 0; tries < 30 && chosen.size() < count; tries++) {
      Value value = any();
      Shape shape = value.type().shape();
      if (shape.size() == domain.size() && random.nextBoolean()) {
        chosen.add(value);
        views.add(View.dense(domain));
        continue;
      }
      if (fits(shape, domain)) {
        views.add(View.broadcast(shape, domain));
        chosen.add(value);
      }
    }
    return new Operands(chosen, views);
  }

  private static boolean fits(Shape shape, Shape domain) {
    int missing = domain.rank() - shape.rank();
    for (int axis = 0; missing >= 0 && axis < shape.rank(); axis++) {
      if (shape.dim(axis) != 1 && shape.dim(axis) != domain.dim(axis + missing)) {
        return false;
      }
    }
    return missing >= 0;
  }

  private ScalarFunction function(List<Value> operands, Shape domain) {
    ScalarBuilder scalars = new ScalarBuilder();
    List<Scalar> pool = new ArrayList<>();
    operands.forEach(o -> pool.add(scalars.parameter(type)));
    pool.add(scalars.constant(type, random.nextInt(3) - 1));
    if (domain.rank() > 0 && random.nextInt(4) == 0) {
      pool.add(scalars.index(random.nextInt(domain.rank())).cast(type));
    }
    Scalar last = pool.get(0);
    for (int i = random.nextInt(4); i >= 0; i--) {
      Scalar x = random.nextBoolean() ? last : pool.get(random.nextInt(pool.size()));
      Scalar y = pool.get(random.nextInt(pool.size()));
      BinaryFn[] binary = {BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.MAX, last()};
      UnaryFn[] unary =
          type.isFloating()
              ? new UnaryFn[] {UnaryFn.NEG, UnaryFn.TANH, UnaryFn.ABS, UnaryFn.FLOOR}
              : new UnaryFn[] {UnaryFn.NEG, UnaryFn.ABS};
      last =
          switch (random.nextInt(4)) {
            case 0 -> x.apply(unary[random.nextInt(unary.length)]);
            case 1 -> x.gt(y).select(x, y.negate());
            default -> x.apply(binary[random.nextInt(binary.length)], y);
          };
      pool.add(last);
    }
    return scalars.build(List.of(random.nextInt(6) == 0 ? pool.get(0) : last));
  }

  /** Returns a function that integers have only if it cannot fail. */
  private BinaryFn last() {
    return type.isFloating() ? BinaryFn.DIV : BinaryFn.MIN;
  }

  private Value map() {
    Shape domain = random.nextInt(3) == 0 ? shape() : any().type().shape();
    Operands operands = operands(domain, random.nextInt(4));
    return builder.emit(
        new Primitive.Map(function(operands.values(), domain), domain, operands.views()),
        operands.values(),
        new TensorType(type, domain),
        origin());
  }

  private Value reduce() {
    Shape domain = random.nextInt(3) == 0 ? shape() : any().type().shape();
    Operands operands = operands(domain, 1 + random.nextInt(2));
    int kept = random.nextInt(domain.rank() + 1);
    Reduction reduction = random.nextBoolean() ? Reduction.SUM : Reduction.MAX;
    return builder.emit(
        new Primitive.Reduce(
            reduction, function(operands.values(), domain), domain, kept, operands.views()),
        operands.values(),
        new TensorType(type, domain.slice(0, kept)),
        origin());
  }

  /** Convolves or pools a tensor as one line of single channels. */
  private Value window() {
    Value x = any();
    long size = x.type().shape().size();
    Value line = reshaped(x, 1, size, 1);
    WindowAxis axis =
        new WindowAxis(2, 1 + random.nextInt(2), 1 + random.nextInt(2), random.nextInt(3), 1);
    long windows = Math.max(0, axis.windows(size));
    if (random.nextBoolean()) {
      Value weights = constant(TensorType.of(type, 2, 1, 2));
      return builder.emit(
          new Primitive.Convolve(Primitive.Convolve.Kind.FORWARD, List.of(axis), 1),
          List.of(line, weights),
          TensorType.of(type, 1, windows, 2),
          origin());
    }
    Primitive.Pool.Kind kind =
        random.nextBoolean() ? Primitive.Pool.Kind.MAX : Primitive.Pool.Kind.AVERAGE;
    return builder.emit(
        new Primitive.Pool(kind, List.of(axis)),
        List.of(line),
        TensorType.of(type, 1, windows, 1),
        origin());
  }

  private Value draw() {
    Literal counter = Literal.scalar(DType.INT64, random.nextInt(3));
    Value count =
        builder.emit(new Primitive.Constant(counter), List.of(), counter.type(), origin());
    return builder.emit(
        new Primitive.Random(Primitive.Random.Distribution.UNIFORM, type, 7, random.nextInt(2)),
        List.of(count),
        new TensorType(type, shape()),
        origin());
  }

  /** Checks that every element is zero or is not, and returns what was checked. */
  private Value check() {
    Value x = any();
    ScalarBuilder scalars = new ScalarBuilder();
    Scalar element = scalars.parameter(type);
    Scalar zero = scalars.constant(type, 0);
    Shape domain = x.type().shape();
    TensorType bool = TensorType.of(DType.BOOL);
    Value holds =
        builder.emit(
            new Primitive.Reduce(
                Reduction.ALL,
                scalars.build(
                    List.of(element.eq(zero).apply(BinaryFn.OR, element.apply(BinaryFn.NE, zero)))),
                domain,
                0,
                List.of(View.dense(domain))),
            List.of(x),
            bool,
            origin());
    builder.check(builder.emit(new Primitive.Check("never"), List.of(holds), bool, origin()));
    return x;
  }

  private Value gather() {
    Value x = rows();
    long rows = x.type().shape().dim(0);
    Value data = reshaped(x, 1, 1, rows, x.type().shape().dim(1));
    Value indices = indices(rows, 1, 4);
    return builder.emit(
        new Primitive.Gather(),
        List.of(data, indices),
        data.type().withShape(data.type().shape().with(2, 4)),
        origin());
  }

  /** Scatters into a variable's shape, so that the result may update one in place. */
  private Value scatter() {
    List<Value> matrices = values.stream().filter(v -> v.type().shape().rank() == 2).toList();
    Value base = matrices.isEmpty() ? rows() : matrices.get(random.nextInt(matrices.size()));
    TensorType type = base.type();
    List<Value> fitting = values.stream().filter(v -> v.type().equals(type)).toList();
    Value updates =
        random.nextBoolean() && !fitting.isEmpty()
            ? fitting.get(random.nextInt(fitting.size()))
            : constant(type);
    Primitive.Scatter.Combine[] all = Primitive.Scatter.Combine.values();
    return builder.emit(
        new Primitive.Scatter(all[random.nextInt(all.length)]),
        List.of(base, indices(type.shape().dim(0), type.shape().dim(0)), updates),
        type,
        origin());
  }

  private Value sort() {
    Value rows = rows();
    Shape shape = rows.type().shape();
    Shape sorted = shape.with(1, random.nextInt((int) shape.dim(1) + 1));
    List<Value> outputs =
        builder.emit(
            new Primitive.Sort(random.nextBoolean()),
            List.of(rows),
            List.of(rows.type().withShape(sorted), new TensorType(DType.INT64, sorted)),
            origin());
    return outputs.get(0);
  }

  private Value scan() {
    Value rows = rows();
    Shape shape = rows.type().shape();
    Value line = reshaped(rows, 1, shape.dim(0), shape.dim(1));
    return builder.emit(
        new Primitive.Scan(Reduction.SUM, random.nextBoolean(), random.nextBoolean()),
        List.of(line),
        line.type(),
        origin());
  }

  /** Returns a tensor's elements as rows. */
  private Value rows() {
    Value x = any();
    Shape shape = x.type().shape();
    long rows = shape.rank() == 0 ? 1 : shape.dim(0);
    return reshaped(x, rows, shape.size() / Math.max(1, rows));
  }

  private Value reshaped(Value x, long... dims) {
    return builder.emit(
        new Primitive.Reshape(), List.of(x), x.type().withShape(Shape.of(dims)), origin());
  }

  private Value constant(TensorType type) {
    Literal literal = literal(type, random);
    return builder.emit(new Primitive.Constant(literal), List.of(), type, origin());
  }

  /** Returns rows to read or write, some of them not there. */
  private Value indices(long rows, long... dims) {
    Literal.Builder literal = new Literal.Builder(TensorType.of(DType.INT64, dims));
    for (long i = 0; i < Shape.of(dims).size(); i++) {
      literal.setLong(i, random.nextInt((int) rows + 2) - 1);
    }
    Literal made = literal.build();
    return builder.emit(new Primitive.Constant(made), List.of(), made.type(), origin());
  }

  private Value contract() {
    Value rows = rows();
    Shape s = rows.type().shape();
    if (s.dim(1) > 12) {
      return rows;
    }
    Value batch = reshaped(rows, 1, s.dim(0), s.dim(1));
    return builder.emit(
        new Primitive.Contract(true, false),
        List.of(batch, batch),
        TensorType.of(type, 1, s.dim(1), s.dim(1)),
        origin());
  }
}
