package io.millrace.ops.flow;

import io.millrace.FunctionBody;
import io.millrace.GraphFunction;
import io.millrace.Operand;
import io.millrace.Operation;
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
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Parts of a graph that are built once and called where they are needed. */
public interface FunctionOps extends Building {

  /**
   * Builds a function, which {@link #call} calls. TensorFlow: Defun.
   *
   * <p>The body may use the tensors around it; each call passes them on. Operations in it that have
   * effects run in every call, whether a result needs them or not.
   *
   * @param parameters what is known of its arguments
   * @param body makes the results of the arguments; what it adds to the graph is the function's
   */
  default GraphFunction function(
      String name, List<TensorType> parameters, Function<List<Output>, ? extends List<?>> body) {
    Arguments.requireEach("name, body", name, body);
    Arguments.requireAll(parameters, "parameters");
    FunctionBody made = FunctionBody.in(graph(), name);
    List<Output> arguments = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      arguments.add(made.parameter("argument_" + i, parameters.get(i)));
    }
    List<Output> results = made.build(() -> Calls.results(tf(), body.apply(arguments)));
    return made.finish(results, made.captures());
  }

  /**
   * Calls a function, of this graph or one around it, and returns its results. TensorFlow:
   * PartitionedCall.
   *
   * @param arguments one for each parameter, of its element type and a shape that fits it
   */
  default List<Output> call(GraphFunction function, Object... arguments) {
    Arguments.require(function, "function");
    Arguments.requireAll(arguments, "arguments");
    List<Operand> inputs = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      inputs.add(
          i < function.parameters().size()
              ? operand(arguments[i], function.parameters().get(i).dtype())
              : operand(arguments[i]));
    }
    inputs.addAll(function.captures());
    Operation call =
        graph()
            .add(
                new PartitionedCall(function, Calls.haveEffects(List.of(function))),
                nameOr(function.name()),
                inputs,
                function.before());
    return call.outputs();
  }

  /**
   * What a function makes of the inputs.
   *
   * @param stateful whether the function has effects
   */
  record PartitionedCall(GraphFunction f, boolean stateful) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("args: Tin... in passed")
            .told("stateful")
            .outputTypes("Tout")
            .ignoring("config", "config_proto", "executor_type");

    @Override
    public String type() {
      return stateful ? "StatefulPartitionedCall" : "PartitionedCall";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<GraphFunction> functions() {
      return List.of(f);
    }

    @Override
    public Op calling(List<GraphFunction> functions) {
      return new PartitionedCall(functions.get(0), Calls.haveEffects(functions));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return Calls.infer(in, 0, functions());
    }

    @Override
    public Gradients gradient(Gradient call) {
      return CallGradient.of(call, 0, this);
    }

    @Override
    public void lower(Lowering to) {
      to.call(f, 0);
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      GraphFunction sum =
          Calls.example(
              "sum",
              (tf, x) -> tf.add(x.get(0), x.get(1)),
              TensorType.of(DType.FLOAT32, 2, 3),
              TensorType.of(DType.FLOAT32, 3));
      return List.of(
          Example.accepts(new PartitionedCall(sum, false))
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 3),
          Example.accepts(new PartitionedCall(sum, true))
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 3),
          Example.rejects(
                  new PartitionedCall(sum, false), "the function 'sum' takes 2 arguments, not 1")
              .with(DType.FLOAT32, 2, 3),
          Example.rejects(
                  new PartitionedCall(sum, false),
                  "argument 1 of the function 'sum' must be float32[3], not int32[3]")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.INT32, 3));
    }
  }
}
