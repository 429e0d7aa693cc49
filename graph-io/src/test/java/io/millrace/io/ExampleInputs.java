package io.millrace.io;

import io.millrace.Output;
import io.millrace.op.Example;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.list.ListStackOps.TensorListFromTensor;
import io.millrace.type.TensorType;

/** Makes the inputs of examples, whose values do not matter. */
final class ExampleInputs {
  private ExampleInputs() {}

  static Output of(Ops tf, Example.Input input) {
    TensorType type = input.type();
    if (input.isVariable()) {
      Variable.Options options =
          Variable.Options.defaults().useResource(input.form() == Example.Form.HANDLE);
      return tf.variable(tf.zeros(type.dtype(), type.shape().dims()), "v", options).reference();
    }
    Output tensor = tf.placeholder(type.dtype(), type.shape());
    return input.form() == Example.Form.LIST
        ? tf.result(new TensorListFromTensor(), tensor, tf.constant(-1))
        : tensor;
  }
}
