package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.VARIANT;

import io.millrace.ops.TensorArray;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;

@Subject("Arrays of tensors")
final class ArrayMistakes extends Mistakes {

  @Mistake("An element behind the last one")
  void writeBehind() {
    var array = tf.tensorArray(FLOAT32, 2);
    var written = array.write(2, tf.ones(3));
    session.run(written.stack());
  }

  @Mistake("A turn that writes behind the last element")
  void turnBehind() {
    var array = tf.tensorArray(FLOAT32, 2);
    var end =
        tf.whileLoop(
            v -> tf.less(v.get(0), 3),
            v -> List.of(tf.add(v.get(0), 1), array.with(v.get(1)).write(v.get(0), 0.5f)),
            List.of(0, array));
    session.run(array.with(end.get(1)).stack());
  }

  @Mistake("An element of another shape")
  void otherShape() {
    var array = tf.tensorArray(FLOAT32, 2).write(0, tf.ones(3));
    array.write(1, tf.ones(4));
  }

  @Mistake("An element of another type")
  void otherType() {
    var array = tf.tensorArray(FLOAT32, 2);
    array.write(0, tf.constant(1));
  }

  @Mistake("An array of which nothing was written")
  void nothingWritten() {
    var array = tf.tensorArray(FLOAT32, 2);
    session.run(array.stack());
  }

  @Mistake("A negative size")
  void negativeSize() {
    tf.tensorArray(FLOAT32, -1);
  }

  @Mistake("An array of arrays")
  void arrayOfArrays() {
    tf.tensorArray(VARIANT, 2);
  }

  @Mistake("A tensor taken for an array")
  void noArray() {
    TensorArray.of(tf.ones(2, 3));
  }

  @Mistake("Fetching an array")
  void fetched() {
    var array = tf.tensorArray(FLOAT32, 2).write(0, 1f);
    session.run(array);
  }

  @Mistake("Feeding an array")
  void fed() {
    var array = tf.tensorArray(FLOAT32, 2).write(0, 1f);
    session.run(array.read(0), Map.of(array, new float[] {1, 2}));
  }

  @Mistake("Places that there are not")
  void gathered() {
    var array = tf.tensorArray(FLOAT32, 3).unstack(tf.ones(3));
    var places = tf.placeholder(INT32, Shape.of(-1), "places");
    session.run(array.gather(places), Map.of(places, new int[] {0, 3}));
  }

  @Mistake("Parts of different lengths")
  void parts() {
    tf.tensorArray(FLOAT32, 0).split(tf.ones(5), new long[] {2, 3});
  }

  @Mistake("The gradient of an array that was not stacked")
  void gradient() {
    var x = tf.ones(2);
    var array = tf.tensorArray(FLOAT32, 2).unstack(x);
    tf.gradients(array, x);
  }
}
