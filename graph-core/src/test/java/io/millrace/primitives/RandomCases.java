package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random numbers of every distribution and type. */
public final class RandomCases implements Cases {
  private final Tolerance normals;

  /**
   * Makes such for one device.
   *
   * @param normals how near numbers come that a logarithm, a sine or a cosine made
   */
  public RandomCases(Tolerance normals) {
    this.normals = normals;
  }

  @Override
  public List<StepCase> telling() {
    return DType.ofElements().stream().flatMap(type -> of(type, 0, 1, 3, 4, 7, 4099)).toList();
  }

  @Override
  public List<StepCase> every(DType type) {
    return of(type, 0, 1, 2, 3, 4, 5, 6, 7, 4096, 4099, 20_001).toList();
  }

  /** Returns so many numbers each time. */
  private Stream<StepCase> of(DType type, int... sizes) {
    return Stream.of(Primitive.Random.Distribution.values())
        .filter(
            distribution ->
                distribution == Primitive.Random.Distribution.BITS
                    ? type == DType.INT32 || type == DType.INT64
                    : type.isFloating())
        .flatMap(distribution -> IntStream.of(sizes).mapToObj(n -> of(distribution, type, n)));
  }

  private StepCase of(Primitive.Random.Distribution distribution, DType type, int size) {
    Primitive.Random random = new Primitive.Random(distribution, type, -87654321987L, 5L << 40 | 9);
    // The lower half of the counter overflows on the way.
    Literal counter = Literal.scalar(DType.INT64, 0xFFFFFFF0L + size);
    StepCase one = StepCase.of(random, List.of(counter), TensorType.of(type, size));
    return switch (distribution) {
      case BITS, UNIFORM -> one;
      case NORMAL, TRUNCATED_NORMAL -> one.within(normals);
    };
  }
}
