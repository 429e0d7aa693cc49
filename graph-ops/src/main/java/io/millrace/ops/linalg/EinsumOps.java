package io.millrace.ops.linalg;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Sums of products along named axes. */
public interface EinsumOps extends Building {

  /**
   * Returns the sums of products that an equation says by Einstein's rule: every axis has a letter,
   * axes of one letter run together, and those that the output does not have are summed over. An
   * ellipsis stands for axes that broadcast. TensorFlow: Einsum, one for every two inputs.
   *
   * @param equation such as {@code "ij,jk->ik"}; without an arrow the output has the letters that
   *     occur once, sorted
   */
  default Output einsum(String equation, Object... inputs) {
    Arguments.require(equation, "equation");
    Arguments.requireAll(inputs, "inputs");
    List<Output> operands = operands(inputs);
    String complete = EinsumWriting.complete(equation);
    return operands.size() > 2
        ? scope("einsum", () -> EinsumWriting.pairs(complete, operands))
        : result(new Einsum(complete), operands.toArray());
  }

  /**
   * Returns the sums of products over the last axes of a and as many first axes of b; with 0 axes
   * all products. The ranks must be known. TensorFlow: tensordot.
   */
  default Output tensordot(Object a, Object b, int axes) {
    Arguments.requireEach("a, b", a, b);
    Output first = operand(a);
    int[] last = new int[Math.max(0, axes)];
    int[] leading = new int[last.length];
    Arrays.setAll(last, i -> i - last.length);
    Arrays.setAll(leading, i -> i);
    return tensordot(first, operand(b, first.dtype()), last, leading);
  }

  /**
   * Returns the sums of products over axes that a tensor says, a number of them or, as {@code
   * [2,k]}, those of a and those of b; it has to be known while the graph is built, for it decides
   * which product it is. TensorFlow: tensordot.
   */
  default Output tensordot(Object a, Object b, Operand axes) {
    Arguments.requireEach("a, b, axes", a, b, axes);
    Output wished = axes.asInput();
    Literal known =
        graph()
            .staticValue(wished)
            .orElseThrow(
                () ->
                    Refusal.of(
                        "tensordot",
                        "the axes have to be known while the graph is built, but %s is not",
                        wished));
    Shape shape = known.type().shape();
    boolean pairs = shape.rank() >= 1 && shape.dim(0) == 2;
    if (!known.type().dtype().isIndex() || !(shape.rank() == 0 || pairs)) {
      throw Refusal.of(
          "tensordot", "the axes must be an int32 or int64 scalar or [2,k], not %s", wished);
    }
    int[] all = LongStream.of(known.toLongs()).mapToInt(Math::toIntExact).toArray();
    int half = all.length / 2;
    return pairs
        ? tensordot(a, b, Arrays.copyOf(all, half), Arrays.copyOfRange(all, half, all.length))
        : tensordot(a, b, all[0]);
  }

  /**
   * Returns the sums of products over axes of a, each paired with one of b; the result has the
   * other axes of a, then those of b. The ranks must be known. TensorFlow: tensordot.
   */
  default Output tensordot(Object a, Object b, int[] axesOfA, int[] axesOfB) {
    Arguments.requireEach("a, b, axesOfA, axesOfB", a, b, axesOfA, axesOfB);
    Output first = operand(a);
    Output second = operand(b, first.dtype());
    String equation = EinsumWriting.tensordot(first, second, axesOfA, axesOfB);
    return result(new Einsum(equation), first, second);
  }

  /** One or two inputs, multiplied and summed as the equation says. */
  record Einsum(String equation) implements Op {
    private static final Signature SIGNATURE = Signature.of("inputs: N>=1 * T in signed");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.count() <= 2, "takes one or two inputs, not %d", in.count());
      DType dtype = in.dtype(0);
      Equation parsed = Equation.parse(in, equation);
      List<Shape> shapes = new ArrayList<>();
      for (int i = 0; i < in.count(); i++) {
        shapes.add(in.shape(i));
      }
      parsed.requireRanks(in, shapes);
      if (!shapes.stream().allMatch(Shape::isRankKnown)) {
        int rank = parsed.output().length();
        boolean fixed = !Equation.hasEllipsis(parsed.output());
        return List.of(new TensorType(dtype, fixed ? Shape.unknown(rank) : Shape.unknown()));
      }
      Map<Integer, Long> extents = parsed.extents(in, shapes);
      long[] dims =
          parsed.outputLabels(parsed.unnamed(shapes)).stream()
              .mapToLong(label -> extents.get(label))
              .toArray();
      return List.of(TensorType.of(dtype, dims));
    }

    @Override
    public Gradients gradient(Gradient call) {
      List<Output> inputs = new ArrayList<>();
      for (int i = 0; i < call.inputs(); i++) {
        inputs.add(call.input(i));
      }
      Equation parsed = parsed();
      List<Optional<Output>> gradients = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        gradients.add(Optional.of(EinsumWriting.gradient(parsed, inputs, i, call.gradient())));
      }
      return Gradients.of(gradients, "");
    }

    private Equation parsed() {
      return Equation.parse(new Inference(List.of(), i -> Optional.empty()), equation);
    }

    @Override
    public void lower(Lowering to) {
      new EinsumLowering(to, parsed()).lower();
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      examples.add(of("ij,jk->ik", DType.FLOAT32, Shape.of(2, 3), Shape.of(3, 4)));
      examples.add(of("ij,kj->ki", DType.FLOAT64, Shape.of(2, 3), Shape.of(4, 3)));
      examples.add(of("bij,bkj->ibk", DType.FLOAT64, Shape.of(2, 2, 3), Shape.of(2, 4, 3)));
      examples.add(of("ija,jkb->ki", DType.FLOAT64, Shape.of(2, 3, 2), Shape.of(3, 2, 2)));
      examples.add(of("i,j->ij", DType.FLOAT32, Shape.of(2), Shape.of(3)));
      examples.add(of("ij,ij->", DType.FLOAT64, Shape.of(2, 3), Shape.of(2, 3)));
      examples.add(of("ij,ji->", DType.INT32, Shape.of(2, 3), Shape.of(3, 2)));
      examples.add(of("iij,jk->ki", DType.FLOAT64, Shape.of(2, 2, 3), Shape.of(3, 2)));
      examples.add(
          of("...ij,...jk->...ik", DType.FLOAT64, Shape.of(2, 1, 2, 3), Shape.of(4, 3, 2)));
      examples.add(of("a...b,b...->...a", DType.FLOAT64, Shape.of(2, 2, 1, 3), Shape.of(3, 2)));
      examples.add(of("i,j->iij", DType.FLOAT64, Shape.of(2), Shape.of(2)));
      examples.add(of("ij,jk->ik", DType.FLOAT32, Shape.of(2, 0), Shape.of(0, 3)));
      for (String single :
          List.of("ii->i", "ii->", "ij->ji", "ij->j", "ji->iij", "...i->...", "i...->...i")) {
        examples.add(Example.accepts(new Einsum(single)).with(DType.FLOAT64, 3, 3));
      }
      examples.add(Example.accepts(new Einsum("->")).with(DType.FLOAT32));
      examples.add(
          Example.rejects(new Einsum("ij,jk->ik"), "'j' has extents 3 and 1")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 1, 2));
      examples.add(
          Example.rejects(new Einsum("ij,jk"), "must have one '->'")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 3, 2));
      examples.add(
          Example.rejects(new Einsum("ij->k"), "has 'k' in the output, but in no input")
              .with(DType.FLOAT32, 2, 3));
      examples.add(
          Example.rejects(new Einsum("ij->i"), "input 0 of shape [2] must have 2 axes")
              .with(DType.FLOAT32, 2));
      examples.add(
          Example.rejects(new Einsum("...i->i"), "so the output must have one")
              .with(DType.FLOAT32, 2, 3));
      examples.add(
          Example.rejects(new Einsum("..i->i"), "dots that are no ellipsis")
              .with(DType.FLOAT32, 2));
      examples.add(
          Example.rejects(new Einsum("i>j->i"), "has 'i>j' where letters name axes")
              .with(DType.FLOAT32, 2, 3));
      examples.add(
          Example.rejects(new Einsum("i->i"), "the equation has 1 inputs, but there are 2")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 2));
      return examples;
    }

    private static Example of(String equation, DType dtype, Shape x, Shape y) {
      return Example.accepts(new Einsum(equation)).with(dtype, x.dims()).with(dtype, y.dims());
    }
  }
}
