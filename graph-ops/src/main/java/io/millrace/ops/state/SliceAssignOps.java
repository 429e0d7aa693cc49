package io.millrace.ops.state;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.array.SliceMasks;
import io.millrace.ops.array.StridedSliceOps;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Setting slices of variables. */
public interface SliceAssignOps extends Building {

  /**
   * Adds an operation that sets every stride-th element from begin to end of each axis of a
   * variable, and returns the variable's new value. TensorFlow: StridedSliceAssign.
   *
   * @param ref a variable, or the result of an operation that wrote one
   * @param begin a vector with an entry for each axis
   * @param end a vector
   * @param strides a vector without 0
   * @param value of the shape that {@code stridedSlice} of the variable has
   */
  default Output stridedSliceAssign(
      Operand ref, Object begin, Object end, Object strides, Object value) {
    return stridedSliceAssign(ref, begin, end, strides, value, SliceMasks.none());
  }

  /**
   * Adds an operation that sets the elements that {@code stridedSlice} with these arguments picks
   * of a variable, and returns the variable's new value. TensorFlow: StridedSliceAssign.
   */
  default Output stridedSliceAssign(
      Operand ref, Object begin, Object end, Object strides, Object value, SliceMasks masks) {
    Arguments.requireEach(
        "ref, begin, end, strides, value, masks", ref, begin, end, strides, value, masks);
    return Writes.add(
        this,
        handle -> new StridedSliceAssign(masks, handle),
        ref,
        dtype -> {
          List<Output> inputs = new ArrayList<>(operands(begin, end, strides));
          inputs.add(operand("StridedSliceAssign", value, dtype));
          return inputs;
        });
  }

  /**
   * Sets the elements of the variable that input 0 leads to which begin, end and strides pick;
   * input 4 is the value.
   */
  record StridedSliceAssign(SliceMasks masks, boolean handle) implements WritingOp {

    private static final Signature REFERENCE =
        Signature.of("ref: T", "begin: Index in index", "end: Index", "strides: Index", "value: T")
            .told("handle");

    private static final Signature HANDLE =
        Signature.of(
                "ref: resource",
                "begin: Index in index",
                "end: Index",
                "strides: Index",
                "value: T")
            .told("handle");

    @Override
    public String type() {
      return handle ? "ResourceStridedSliceAssign" : "StridedSliceAssign";
    }

    @Override
    public Signature signature() {
      return handle ? HANDLE : REFERENCE;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(inputs.dtype(4));
      Shape slice = StridedSliceOps.shape(in, masks);
      in.require(
          in.shape(4).isCompatibleWith(slice),
          "the slice has shape %s, but the value %s",
          slice,
          in.shape(4));
      return results(in.type(0));
    }

    @Override
    public void lower(Lowering to) {
      Resource resource = to.reference(0);
      Value before = to.read(resource);
      Shape shape = before.type().shape();
      Value value = to.input(4);
      Value placed = StridedSliceOps.placed(to, shape, masks, value);
      Value all = Indexing.filled(to, value.type().withDType(DType.BOOL), 1);
      Value where = StridedSliceOps.placed(to, shape, masks, all);
      to.write(
          resource,
          to.map(shape, List.of(where, placed, before), s -> s.get(0).select(s.get(1), s.get(2))));
      result(to, resource);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      SliceMasks none = SliceMasks.none();
      for (boolean handle : new boolean[] {false, true}) {
        Op op = new StridedSliceAssign(none, handle);
        examples.add(
            Example.accepts(op)
                .withVariable(handle, -2, 2, DType.FLOAT32, 5, 4)
                .with(Literal.ofInts(4, 1))
                .with(Literal.ofInts(0, 9))
                .with(Literal.ofInts(-2, 1))
                .with(DType.FLOAT32, 2, 3));
        examples.add(
            Example.accepts(new StridedSliceAssign(none.shrinkAxis(0).newAxis(1), handle))
                .withVariable(handle, -9, 9, DType.INT64, 2, 3)
                .with(Literal.ofLongs(-1, 0))
                .with(Literal.ofLongs(0, 0))
                .with(Literal.ofLongs(1, 1))
                .with(DType.INT64, 1, 3));
        examples.add(
            Example.accepts(op)
                .withVariable(handle, 0, 2, DType.BOOL, 3)
                .with(Literal.ofInts(1))
                .with(Literal.ofInts(1))
                .with(Literal.ofInts(1))
                .with(DType.BOOL, 0));
        examples.add(
            Example.rejects(op, "the slice has shape [2], but the value [3]")
                .withVariable(handle, -2, 2, DType.FLOAT32, 3)
                .with(Literal.ofInts(0))
                .with(Literal.ofInts(2))
                .with(Literal.ofInts(1))
                .with(DType.FLOAT32, 3));
      }
      return examples;
    }
  }
}
