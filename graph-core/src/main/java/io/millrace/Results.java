package io.millrace;

import io.millrace.op.Arguments;
import io.millrace.op.OpFamilies;
import io.millrace.type.Given;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a run of several things gives, in the positions in which they were asked for.
 *
 * <p>{@code session.run(List.of(train, loss)).get(1)} is the loss. An operation gives no tensor:
 * TensorFlow has None in its place, and asking for it here is refused by name. What walks over all
 * of them takes {@link #tensors}. Immutable.
 */
public final class Results extends AbstractList<Tensor> implements RandomAccess {
  private final List<?> wanted;
  private final List<Optional<Tensor>> byPosition;

  /**
   * Makes the results.
   *
   * @param wanted what was asked for
   * @param byPosition a tensor for each, none for an operation
   */
  public Results(List<?> wanted, List<Optional<Tensor>> byPosition) {
    this.wanted = List.copyOf(Given.all(wanted, "wanted"));
    this.byPosition = List.copyOf(Given.all(byPosition, "byPosition"));
  }

  /** Returns how many things were asked for, operations among them. */
  @Override
  public int size() {
    return byPosition.size();
  }

  /**
   * Returns the tensor at a position.
   *
   * @throws IndexOutOfBoundsException if there is no such position
   * @throws IllegalStateException if what was asked for there is an operation
   */
  @Override
  public Tensor get(int position) {
    if (position < 0 || position >= byPosition.size()) {
      throw new IndexOutOfBoundsException(
          "there is no position %s: %s\n  at %s".formatted(position, asked(), OpFamilies.caller()));
    }
    return byPosition
        .get(position)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "position %s of what was run holds operation %s, which gives no tensor\n  at %s"
                        .formatted(position, wanted.get(position), OpFamilies.caller())));
  }

  /**
   * Returns the value of a tensor that was asked for by this handle.
   *
   * @throws IllegalArgumentException if it was not
   */
  public Tensor get(Operand fetch) {
    return of(fetch);
  }

  /** Returns the value of a tensor that was asked for by this name; errors as for handles. */
  public Tensor get(String fetch) {
    return of(fetch);
  }

  private Tensor of(Object fetch) {
    int position = wanted.indexOf(Arguments.requireForRun(fetch, "fetch"));
    if (position < 0) {
      throw new IllegalArgumentException(
          "the run was not asked for %s: %s\n  at %s"
              .formatted(fetch, asked(), OpFamilies.caller()));
    }
    return get(position);
  }

  private String asked() {
    return "it was asked for "
        + IntStream.range(0, wanted.size())
            .mapToObj(i -> i + ": " + wanted.get(i))
            .collect(Collectors.joining(", "));
  }

  /** Returns the tensors alone, in their order. */
  public List<Tensor> tensors() {
    return byPosition.stream().flatMap(Optional::stream).toList();
  }

  /** Returns the tensors as they print, and the operations by name. */
  @Override
  public String toString() {
    return IntStream.range(0, size())
        .mapToObj(i -> byPosition.get(i).map(Tensor::toString).orElse(wanted.get(i).toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
