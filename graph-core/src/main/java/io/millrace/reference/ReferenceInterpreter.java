package io.millrace.reference;

import io.millrace.ir.CheckMessage;
import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.PrimitiveVisitor;
import io.millrace.spi.StepException;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Computes one primitive: what every backend must agree with.
 *
 * <p>Sums are taken in double precision in row-major order and rounded once; those of Scatter and
 * Scan, every step of which is seen, are rounded at each.
 */
public final class ReferenceInterpreter implements PrimitiveVisitor<List<Literal>> {
  private final List<Literal> inputs;
  private final List<TensorType> outputs;
  private final ControlFlow flow;

  private ReferenceInterpreter(List<Literal> inputs, List<TensorType> outputs, ControlFlow flow) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.flow = flow;
  }

  /**
   * Returns the outputs of a primitive, of exactly the given types.
   *
   * @throws IllegalArgumentException if the primitive is Feed or Read, which only a run can answer
   * @throws ArithmeticException for an integer divided by zero or raised to a negative power
   * @throws IllegalStateException with the check's message, if it is a Check of a false value
   * @throws StepException if something inside the primitive fails
   */
  public static List<Literal> evaluate(
      Primitive primitive, List<Literal> inputs, List<TensorType> outputs) {
    ControlFlow flow = new ControlFlow(Origin.of("interpreted"), false);
    return primitive.accept(new ReferenceInterpreter(inputs, outputs, flow));
  }

  /**
   * Returns the outputs of a step.
   *
   * @param interruptible whether an interrupted thread may end the loops inside
   * @throws StepException if the step or something inside it fails
   */
  static List<Literal> evaluate(
      Primitive primitive,
      List<Literal> inputs,
      List<TensorType> outputs,
      Origin origin,
      boolean interruptible) {
    ControlFlow flow = new ControlFlow(origin, interruptible);
    try {
      return primitive.accept(new ReferenceInterpreter(inputs, outputs, flow));
    } catch (ArithmeticException | IllegalStateException e) {
      throw new StepException(origin, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<Literal> feed(Primitive.Feed primitive) {
    throw new IllegalArgumentException("feed " + primitive.slot() + " has its value in a run only");
  }

  @Override
  public List<Literal> constant(Primitive.Constant primitive) {
    return List.of(primitive.literal());
  }

  @Override
  public List<Literal> read(Primitive.Read primitive) {
    throw new IllegalArgumentException(
        "resource " + primitive.resource().name() + " has its value in a run only");
  }

  @Override
  public List<Literal> reshape(Primitive.Reshape primitive) {
    return List.of(inputs.get(0).reshape(outputs.get(0).shape()));
  }

  @Override
  public List<Literal> bitcast(Primitive.Bitcast primitive) {
    return List.of(inputs.get(0).bitcast(outputs.get(0)));
  }

  @Override
  public List<Literal> map(Primitive.Map primitive) {
    return MapAndReduce.map(primitive, inputs, outputs);
  }

  @Override
  public List<Literal> reduce(Primitive.Reduce primitive) {
    return List.of(MapAndReduce.reduce(primitive, inputs, outputs.get(0)));
  }

  @Override
  public List<Literal> contract(Primitive.Contract primitive) {
    return List.of(Contraction.contract(primitive, inputs, outputs.get(0)));
  }

  @Override
  public List<Literal> convolve(Primitive.Convolve primitive) {
    return List.of(Convolution.convolve(primitive, inputs, outputs.get(0)));
  }

  @Override
  public List<Literal> pool(Primitive.Pool primitive) {
    return List.of(Pooling.pool(primitive, inputs, outputs.get(0)));
  }

  @Override
  public List<Literal> move(Primitive.Move primitive) {
    return List.of(Moves.move(primitive, inputs, outputs.get(0)));
  }

  @Override
  public List<Literal> gather(Primitive.Gather primitive) {
    return List.of(GatherAndScatter.gather(inputs.get(0), inputs.get(1), outputs.get(0)));
  }

  @Override
  public List<Literal> scatter(Primitive.Scatter primitive) {
    return List.of(
        GatherAndScatter.scatter(primitive.combine(), inputs.get(0), inputs.get(1), inputs.get(2)));
  }

  @Override
  public List<Literal> sort(Primitive.Sort primitive) {
    return SortAndScan.sort(primitive, inputs.get(0), outputs);
  }

  @Override
  public List<Literal> scan(Primitive.Scan primitive) {
    return List.of(SortAndScan.scan(primitive, inputs.get(0)));
  }

  @Override
  public List<Literal> random(Primitive.Random primitive) {
    return List.of(RandomNumbers.random(primitive, inputs.get(0).getLong(0), outputs.get(0)));
  }

  @Override
  public List<Literal> check(Primitive.Check primitive) {
    if (inputs.get(0).getLong(0) == 0) {
      List<Literal> tensors = inputs.subList(1, inputs.size());
      CheckMessage message =
          new CheckMessage(primitive, tensors.stream().map(Literal::type).toList());
      throw new IllegalStateException(message.of((i, at) -> tensors.get(i).bits(at)));
    }
    return List.of(inputs.get(0));
  }

  @Override
  public List<Literal> choose(Control.Choose primitive) {
    return flow.choose(primitive, inputs);
  }

  @Override
  public List<Literal> repeat(Control.Repeat primitive) {
    return flow.repeat(primitive, inputs, outputs);
  }
}
