package io.millrace.conformance.mistakes;

@Subject("Building a graph: axes, slices and indices")
final class SliceMistakes extends Mistakes {

  @Mistake("A slice that is longer than its axis")
  void tooLong() {
    tf.slice(tf.zeros(5), new long[] {3}, new long[] {3});
  }

  @Mistake("A slice that begins before the first")
  void before() {
    tf.slice(tf.zeros(5), new long[] {-1}, new long[] {2});
  }

  @Mistake("A slice of too few axes")
  void tooFew() {
    tf.slice(tf.zeros(5, 2), new long[] {0}, new long[] {2});
  }

  @Mistake("A slice of a negative size")
  void negativeSize() {
    tf.slice(tf.zeros(5), new long[] {0}, new long[] {-2});
  }

  @Mistake("Steps of 0 in a slice")
  void stepOfZero() {
    tf.ones(5).get("::0");
  }

  @Mistake("An index outside")
  void index() {
    tf.ones(5).get("5");
  }

  @Mistake("More entries than axes")
  void entries() {
    tf.ones(5).get("0, 0");
  }

  @Mistake("Two ellipses")
  void ellipses() {
    tf.ones(5, 2).get("..., 0, ...");
  }

  @Mistake("Words in a slice")
  void words() {
    tf.ones(5).get("first");
  }

  @Mistake("Brackets in a slice")
  void brackets() {
    tf.ones(5).get("[0:2]");
  }

  @Mistake("Three colons in a slice")
  void colons() {
    tf.ones(5).get("0:1:2:3");
  }

  @Mistake("A slice of nothing")
  void nothing() {
    tf.ones(5).get("");
  }

  @Mistake("A fraction in a slice")
  void fraction() {
    tf.ones(5).get("0.5");
  }

  @Mistake("A comma too many")
  void comma() {
    tf.ones(5, 2).get("0,,1");
  }

  @Mistake("Begin and end of different lengths")
  void lengths() {
    tf.stridedSlice(tf.zeros(5, 2), new int[] {0, 0}, new int[] {1});
  }

  @Mistake("Steps of 0")
  void strides() {
    tf.stridedSlice(tf.zeros(5), new int[] {0}, new int[] {4}, new int[] {0});
  }

  @Mistake("Reversing an axis that there is not")
  void reverse() {
    tf.reverse(tf.zeros(5), 1);
  }

  @Mistake("Rolling along an axis that there is not")
  void roll() {
    tf.roll(tf.zeros(5), 1, 1);
  }

  @Mistake("Gathering along an axis that there is not")
  void gather() {
    tf.gather(tf.zeros(5), new int[] {0}, 1);
  }

  @Mistake("More axes of batches than there are")
  void batchDims() {
    tf.gather(tf.zeros(5, 2), new int[] {0}, 1, 2);
  }

  @Mistake("A mask of more axes than its tensor")
  void mask() {
    tf.booleanMask(tf.zeros(3), new boolean[3][2]);
  }

  @Mistake("The band of a vector")
  void band() {
    tf.matrixBandPart(tf.zeros(5), 1, 1);
  }
}
