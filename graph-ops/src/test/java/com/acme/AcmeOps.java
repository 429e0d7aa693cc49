package com.acme;

import io.millrace.Output;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.OpFamily;
import io.millrace.op.Signature;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;

/** Operations of somebody else's, in a package and a class path entry of their own. */
public final class AcmeOps implements OpFamily {
  /** Made by {@link java.util.ServiceLoader}. */
  public AcmeOps() {}

  @Override
  public String name() {
    return "com.acme";
  }

  @Override
  public List<Example> examples() {
    return List.of(
        Example.accepts(new Blend(0.25f)).with(DType.FLOAT64, 2, 3).with(DType.FLOAT64, 2, 3),
        Example.accepts(new Blend(1)).with(DType.FLOAT32, 4).with(DType.FLOAT32, 4),
        Example.rejects(new Blend(2), "the share 2.0 is not within 0 and 1")
            .with(DType.FLOAT32)
            .with(DType.FLOAT32));
  }

  /** The sum of two tensors of one shape, the second having this share of it. */
  public record Blend(float share) implements Op {
    @Override
    public String type() {
      return "AcmeBlend";
    }

    @Override
    public Signature signature() {
      return Signature.of("x: T in floating", "y: T").optional("share", 0.5f);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(share >= 0 && share <= 1, "the share %s is not within 0 and 1", share);
      in.require(
          in.shape(0).isCompatibleWith(in.shape(1)),
          "shapes %s and %s are not one",
          in.shape(0),
          in.shape(1));
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output dz = call.gradient();
      return Gradients.of(tf.multiply(dz, 1 - share), tf.multiply(dz, share));
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0, to.map(to.input(0), to.input(1), (x, y) -> x.times(1 - share).plus(y.times(share))));
    }
  }
}
