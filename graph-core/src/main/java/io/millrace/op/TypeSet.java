package io.millrace.op;

import io.millrace.type.DType;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The element types that an input may have.
 *
 * @param name what {@link Signature#of} calls the set
 * @param words what the set is in messages, as in "must be floating"
 */
public record TypeSet(String name, String words, Set<DType> types) {
  public static final TypeSet FLOATING = of("floating", DType::isFloating);

  /** Numbers that may be negative. */
  public static final TypeSet SIGNED = of("signed", DType::isSigned);

  public static final TypeSet INTEGER = of("integer", DType::isInteger);
  public static final TypeSet NUMERIC = of("numeric", DType::isNumeric);

  /** What counts elements and names positions. */
  public static final TypeSet INDEX = of("index", "int32 or int64", DType::isIndex);

  public static final TypeSet BOOLEAN = only(DType.BOOL);

  /** Whatever has elements. */
  public static final TypeSet ANY = of("any", "numbers or booleans", d -> !d.isHandle());

  /** Whatever has elements, and lists of it. */
  public static final TypeSet VALUED =
      of("valued", "numbers, booleans or lists of them", d -> d != DType.RESOURCE);

  /** What is added up, and lists of it. */
  public static final TypeSet SUMMED =
      of("summed", "numbers or lists of them", d -> d.isNumeric() || d == DType.VARIANT);

  /** Whatever is passed on, handles too. */
  public static final TypeSet PASSED = of("passed", d -> true);

  private static final List<TypeSet> NAMED =
      List.of(FLOATING, SIGNED, INTEGER, NUMERIC, INDEX, ANY, VALUED, SUMMED, PASSED);

  public TypeSet {
    types = Collections.unmodifiableSet(EnumSet.copyOf(types));
  }

  private static TypeSet of(String name, Predicate<DType> rule) {
    return of(name, name, rule);
  }

  private static TypeSet of(String name, String words, Predicate<DType> rule) {
    return new TypeSet(
        name, words, Arrays.stream(DType.values()).filter(rule).collect(Collectors.toSet()));
  }

  /** Returns the set of this one type. */
  public static TypeSet only(DType dtype) {
    return new TypeSet(dtype.toString(), dtype.toString(), EnumSet.of(dtype));
  }

  /**
   * Returns the set of this name, that of a type, or one that lists its types, as {@code {int32,
   * uint8}} does.
   */
  static TypeSet parse(String text) {
    if (text.startsWith("{") && text.endsWith("}")) {
      List<String> listed = List.of(text.substring(1, text.length() - 1).split(", "));
      return new TypeSet(
          text,
          String.join(" or ", listed),
          listed.stream().flatMap(name -> type(name).stream()).collect(Collectors.toSet()));
    }
    return NAMED.stream()
        .filter(s -> s.name().equals(text))
        .findAny()
        .or(() -> type(text).map(TypeSet::only))
        .orElseThrow(() -> new IllegalArgumentException("no set of types is called " + text));
  }

  /** Returns the type of this name, if there is one. */
  static Optional<DType> type(String name) {
    return Arrays.stream(DType.values()).filter(d -> d.toString().equals(name)).findAny();
  }

  /** Returns whether the set has this type. */
  public boolean has(DType dtype) {
    return types.contains(dtype);
  }

  /** Returns some type that the set does not have. */
  public Optional<DType> stranger() {
    return Arrays.stream(DType.values()).filter(d -> !has(d)).findFirst();
  }

  @Override
  public String toString() {
    return name;
  }
}
