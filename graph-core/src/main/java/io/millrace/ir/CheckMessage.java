package io.millrace.ir;

import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writes what a failed check says. */
public final class CheckMessage {
  private final Primitive.Check check;
  private final List<TensorType> tensors;

  /** Starts with the types of the check's further inputs. */
  public CheckMessage(Primitive.Check check, List<TensorType> tensors) {
    this.check = check;
    this.tensors = List.copyOf(tensors);
  }

  /** Gives the elements of a check's further inputs. */
  @FunctionalInterface
  public interface Elements {
    /** Returns an element's bits, as {@link DType} says them. */
    long bits(int tensor, long position);
  }

  /** Returns the message, where the elements that it shows or looks through are these. */
  public String of(Elements elements) {
    if (check.suspect().isPresent()) {
      Suspect suspect = check.suspect().get();
      DType dtype = tensors.get(0).dtype();
      OptionalLong found =
          LongStream.range(0, tensors.get(0).shape().size())
              .filter(i -> suspect.breaks(dtype, j -> elements.bits(0, j), i))
              .findFirst();
      return found(found.orElse(-1), elements);
    }
    List<String> told = new ArrayList<>(before(0));
    for (int i = 0; i < tensors.size(); i++) {
      long shown = check.shown(tensors.get(i)).shape().size();
      String more = shown < tensors.get(i).shape().size() ? " ..." : "";
      told.add(texts(elements, i, 0, shown) + more);
      told.addAll(before(i + 1));
    }
    return told.isEmpty()
        ? check.message()
        : check.message() + ": [" + String.join("] [", told) + "]";
  }

  private List<String> before(int tensor) {
    return check.texts().isEmpty() ? List.of() : check.texts().get(tensor);
  }

  /** Returns the message where the suspect is known to be at this position, or nowhere if -1. */
  public String found(long position, Elements elements) {
    if (position < 0) {
      return check.message();
    }
    Suspect suspect = check.suspect().orElseThrow();
    long from = suspect.from(position);
    List<String> told =
        LongStream.range(from, from + suspect.told()).mapToObj(i -> text(elements, 0, i)).toList();
    return check.message() + ": " + suspect.describe(tensors.get(0).shape(), position, told);
  }

  private String texts(Elements elements, int tensor, long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(i -> text(elements, tensor, i))
        .collect(Collectors.joining(" "));
  }

  private String text(Elements elements, int tensor, long position) {
    return tensors.get(tensor).dtype().text(elements.bits(tensor, position));
  }
}
