package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.INT64;
import static io.millrace.type.DType.UINT8;

import io.millrace.type.Shape;
import java.util.OptionalLong;

@Subject("Random numbers and seeds")
final class RandomMistakes extends Mistakes {

  @Mistake("Uniform numbers between bounds the wrong way round")
  void uniformReversed() {
    session.run(tf.random.uniform(Shape.of(3), 2, 1, INT32));
  }

  @Mistake("Uniform numbers without the bound above")
  void uniformEmpty() {
    session.run(tf.random.uniform(Shape.of(3), 5, 5, INT32));
  }

  @Mistake("Random numbers of an unknown shape")
  void unknownShape() {
    tf.random.normal(Shape.of(-1, 3));
  }

  @Mistake("Random numbers of a negative extent")
  void negativeShape() {
    tf.random.normal(new int[] {-2, 3});
  }

  @Mistake("Random numbers of a shape of text")
  void textShape() {
    tf.random.uniform("3");
  }

  @Mistake("Random booleans")
  void booleans() {
    tf.random.uniform(Shape.of(3), 0, 1, BOOL);
  }

  @Mistake("Random bytes")
  void bytes() {
    tf.random.uniform(Shape.of(3), 0, 255, UINT8);
  }

  @Mistake("A mean that is text")
  void meanOfText() {
    tf.random.normal(Shape.of(3), "0", 1);
  }

  @Mistake("A mean that does not broadcast")
  void meanOfShape() {
    tf.random.normal(Shape.of(2, 3), new float[] {1, 2}, 1);
  }

  @Mistake("Truncated normal numbers of integers")
  void truncatedIntegers() {
    tf.random.truncatedNormal(Shape.of(3), 0, 1, INT64, OptionalLong.of(1));
  }

  @Mistake("Random numbers shaped by a placeholder of floats")
  void floatShape() {
    var dims = tf.placeholder(FLOAT32, Shape.of(2), "dims");
    tf.random.normal(dims);
  }

  @Mistake("A table of negative width")
  void initializerShape() {
    tf.initializers.heNormal(new int[] {784, -10});
  }
}
