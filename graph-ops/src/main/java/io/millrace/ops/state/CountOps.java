package io.millrace.ops.state;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;

/** Counting in variables. */
public interface CountOps extends Building {

  /**
   * Returns what a variable holds, and adds 1 to it; fails where that is not less than a limit.
   * TensorFlow: CountUpTo.
   *
   * @param ref an int32 or int64 scalar variable, or the result of an operation that wrote one
   */
  default Output countUpTo(Operand ref, int limit) {
    Arguments.require(ref, "ref");
    Output target = Variable.referenceOf("CountUpTo", ref);
    Op op =
        target.isHandle()
            ? new ResourceCountUpTo(limit, target.type().target().dtype())
            : new CountUpTo(limit);
    return result(op, target);
  }

  /** Counts in the variable that the input refers to. */
  record CountUpTo(int limit) implements Counting {
    private static final Signature SIGNATURE = Signature.of("ref: T in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 0);
      return List.of(in.type(0));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new CountUpTo(9)).withVariable(0, 5, DType.INT32),
          Example.accepts(new CountUpTo(9)).withVariable(0, 5, DType.INT64),
          Example.rejects(new CountUpTo(9), "must be a scalar").withVariable(0, 5, DType.INT32, 2));
    }
  }

  /** Counts in the variable that the input is a handle of. */
  record ResourceCountUpTo(int limit, DType dtype) implements Counting {
    private static final Signature SIGNATURE =
        Signature.of("resource: resource").rename("dtype", "T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(dtype);
      in.require(dtype.isIndex(), "T must be int32 or int64, not %s", dtype);
      in.requireRank(0, 0);
      return List.of(in.type(0));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new ResourceCountUpTo(9, DType.INT32)).withHandle(0, 5, DType.INT32),
          Example.rejects(new ResourceCountUpTo(9, DType.FLOAT32), "T must be int32 or int64")
              .withHandle(0, 5, DType.FLOAT32));
    }
  }

  /** What both do. */
  interface Counting extends Op {
    /** Returns what the variable does not get beyond. */
    int limit();

    @Override
    default boolean isStateful() {
      return true;
    }

    @Override
    default boolean writesState() {
      return true;
    }

    @Override
    default Gradients gradient(Gradient call) {
      return Gradients.none("it writes a variable");
    }

    @Override
    default void lower(Lowering to) {
      Resource resource = to.reference(0);
      Value before = to.read(resource);
      Indexing.requireWithin(
          to, before, Long.MIN_VALUE, limit(), "the count has reached its limit, " + limit());
      to.write(resource, to.map(before, x -> x.plus(1)));
      to.output(0, before);
    }
  }
}
