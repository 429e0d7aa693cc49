package io.millrace.ops.list;

import io.millrace.ir.Suspect;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Putting the elements of lists together along their first axis, and taking tensors apart so. */
public interface ListConcatOps extends Building {

  /**
   * The elements of a list one after another along their first axis, and how many rows each has.
   *
   * @param elementShape what is known of the shape of an element
   */
  record TensorListConcat(DType elementDtype, Shape elementShape) implements Op {
    public TensorListConcat {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant")
            .optional("element_shape", Shape.unknown())
            .outputType("element_dtype", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return Joined.types(in, elementDtype, elementShape);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Joined.gradient(call);
    }

    @Override
    public void lower(Lowering to) {
      Joined.lower(to, elementShape);
    }

    static List<Example> examples() {
      Op op = new TensorListConcat(DType.FLOAT64, Shape.unknown());
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2, 4),
          Example.accepts(new TensorListConcat(DType.BOOL, Shape.of(-1, 2)))
              .withList(DType.BOOL, 2, 1, 2),
          Example.rejects(op, "elements are scalars, which have no first axis")
              .withList(DType.FLOAT64, 3));
    }
  }

  /** The same with a shape that input 1 says, and the numbers of rows of elements never set. */
  record TensorListConcatV2(DType elementDtype) implements Op {
    public TensorListConcatV2 {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of(
                "input_handle: variant",
                "element_shape: shape_type in index",
                "leading_dims: int64")
            .outputType("element_dtype", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(2, 1);
      return Joined.types(in, elementDtype, ListTypes.element(in, 1));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Joined.gradient(call);
    }

    @Override
    public void lower(Lowering to) {
      Shape rows = to.outputType(0).shape();
      Optional<long[]> leading = to.known(2).map(Literal::toLongs);
      long each =
          leading
              .filter(l -> l.length > 0 && Arrays.stream(l).allMatch(n -> n == l[0]))
              .map(l -> l[0])
              .orElse(Shape.UNKNOWN);
      Joined.lower(to, rows.isRankKnown() ? rows.with(0, each) : rows);
    }

    static List<Example> examples() {
      Op op = new TensorListConcatV2(DType.FLOAT64);
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2, 4).ints(-1, 4).longs(),
          Example.accepts(op).withList(DType.FLOAT64, 0, 2).scalar(DType.INT64, -1).longs(),
          Example.rejects(op, "elements of shape [2,4], which element_shape [2,3] does not fit")
              .withList(DType.FLOAT64, 3, 2, 4)
              .ints(2, 3)
              .longs(),
          Example.rejects(op, "input 2 must have 1 axis")
              .withList(DType.FLOAT64, 3, 2)
              .ints(-1)
              .scalar(DType.INT64, 2));
    }
  }

  /** A list of parts of a tensor along its first axis, of as many rows as input 2 says. */
  record TensorListSplit() implements Op {
    private static final Signature SIGNATURE =
        Signature.of(
            "tensor: element_dtype", "element_shape: shape_type in index", "lengths: int64");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      Shape tensor = in.shape(0);
      long parts = in.requireRank(2, 1).dim(0);
      Optional<long[]> lengths = in.known(2).map(Literal::toLongs);
      lengths.ifPresent(TensorListSplit::requireEqual);
      long each = lengths.filter(l -> l.length > 0).map(l -> l[0]).orElse(Shape.UNKNOWN);
      long rows = tensor.isRankKnown() ? tensor.dim(0) : Shape.UNKNOWN;
      if (parts >= 0 && rows >= 0) {
        in.require(
            parts == 0 ? rows == 0 : rows % parts == 0 && (each < 0 || each * parts == rows),
            "%d rows are not %d parts of %s",
            rows,
            parts,
            each < 0 ? "one length" : "length " + each);
        each = parts == 0 ? Shape.UNKNOWN : rows / parts;
      }
      Shape element = tensor.isRankKnown() ? tensor.with(0, each) : tensor;
      return List.of(
          ListTypes.list(
              in.dtype(0),
              parts,
              ListTypes.fitting(in, element, ListTypes.element(in, 1), "element_shape")));
    }

    private static void requireEqual(long[] lengths) {
      for (int i = 1; i < lengths.length; i++) {
        if (lengths[i] != lengths[0]) {
          throw RuleException.unsupported(
              "elements of a list have one shape, so lengths must be equal: length %d is %d, not %d"
                  .formatted(i, lengths[i], lengths[0]));
        }
      }
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(
              new TensorListConcatV2(call.type(0).dtype()),
              call.gradient(),
              ListTypes.anyShape(tf),
              call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      Value tensor = to.input(0);
      Shape shape = tensor.type().shape();
      long parts = to.inputType(2).shape().dim(0);
      Shape element = to.outputType(0).target().shape();
      if (parts == 0) {
        Shape any = element.isRankKnown() ? element.slice(1, element.rank()) : element;
        to.output(
            0,
            any.isFullyDefined()
                ? Indexing.filled(to, tensor.type().withShape(element), 0)
                : Value.unmade(0, tensor.type().withShape(any)));
        return;
      }
      long each = shape.dim(0) / parts;
      if (to.known(2).isEmpty()) {
        Indexing.requireAll(
            to,
            to.input(2),
            length -> length.isWithin(each, each + 1),
            to.input(2),
            new Suspect.Outside(each, List.of(each + 1)),
            "elements of a list have one shape, so all lengths must be " + each);
      }
      to.output(0, to.reshape(tensor, Shape.of(parts).concat(shape.with(0, each))));
    }

    static List<Example> examples() {
      Op op = new TensorListSplit();
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 6, 2).ints(-1, 2).longs(2, 2, 2),
          Example.accepts(op).with(DType.FLOAT64, 3).scalar(DType.INT64, -1).longs(1, 1, 1),
          Example.rejects(op, "lengths must be equal: length 1 is 3, not 2")
              .with(DType.FLOAT64, 4)
              .ints(-1)
              .longs(2, 3),
          Example.rejects(op, "5 rows are not 2 parts of length 2")
              .with(DType.FLOAT64, 5)
              .ints(-1)
              .longs(2, 2),
          Example.rejects(op, "3 rows are not 0 parts of one length")
              .with(DType.FLOAT64, 3)
              .ints(-1)
              .longs());
    }
  }
}
