package io.millrace.type;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;

/**
 * An immutable dense tensor on the Java heap: the value of a constant, row-major and little-endian.
 *
 * <p>Equality compares type and bits.
 */
public final class Literal {
  /** The most bytes of a literal: the length of the longest array that Java machines have. */
  public static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private final TensorType type;
  private final ByteBuffer data;

  /** What {@link #hashCode} returns, or 0 while nobody has asked; threads find the same. */
  private int hash;

  private Literal(TensorType type, ByteBuffer data) {
    this.type = type;
    this.data = data;
  }

  /**
   * Returns a literal that owns these bytes; the caller must not change them afterwards.
   *
   * @throws IllegalArgumentException if their number does not fit the type
   */
  public static Literal wrap(TensorType type, byte[] bytes) {
    Given.value(type, "type").dtype().requireElements();
    if (type.bytes() != Given.value(bytes, "bytes").length) {
      throw new IllegalArgumentException(
          type + " takes " + type.bytes() + " bytes, not " + bytes.length);
    }
    return new Literal(type, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Returns a scalar, rounded to the type. */
  public static Literal scalar(DType dtype, double value) {
    return fill(new TensorType(dtype, Shape.scalar()), value);
  }

  /** Returns a scalar of an integer; a floating type rounds it, an integer type wraps it. */
  public static Literal scalar(DType dtype, long value) {
    Builder builder = new Builder(new TensorType(dtype, Shape.scalar()));
    builder.setLong(0, value);
    return builder.build();
  }

  /** Returns a tensor of equal elements, rounded to the type. */
  public static Literal fill(TensorType type, double value) {
    Builder builder = new Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, value);
    }
    return builder.build();
  }

  /** Returns a vector of int64. */
  public static Literal ofLongs(long... values) {
    Builder builder = new Builder(TensorType.of(DType.INT64, Given.value(values, "values").length));
    for (int i = 0; i < values.length; i++) {
      builder.setLong(i, values[i]);
    }
    return builder.build();
  }

  /** Returns a vector of int32. */
  public static Literal ofInts(int... values) {
    Builder builder = new Builder(TensorType.of(DType.INT32, Given.value(values, "values").length));
    for (int i = 0; i < values.length; i++) {
      builder.setLong(i, values[i]);
    }
    return builder.build();
  }

  /** Returns the type; its shape is fully defined. */
  public TensorType type() {
    return type;
  }

  /** Returns the number of elements. */
  public long size() {
    return type.shape().size();
  }

  /** Returns the bytes, read-only and little-endian. */
  public ByteBuffer bytes() {
    return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns an element's bits, as {@link DType} says them. */
  public long bits(long element) {
    return Elements.bits(type.dtype(), data, offset(type, element));
  }

  /** Returns an element as a double; a boolean is 0 or 1. */
  public double getDouble(long element) {
    return type.dtype().toDouble(bits(element));
  }

  /** Returns an element as a long; floating values are truncated, a boolean is 0 or 1. */
  public long getLong(long element) {
    return type.dtype().toLong(bits(element));
  }

  /** Returns an element as Java writes it. */
  public String text(long element) {
    return type.dtype().text(bits(element));
  }

  /** Returns all elements as Java writes them. */
  public List<String> texts() {
    return LongStream.range(0, size()).mapToObj(this::text).toList();
  }

  private static int offset(TensorType type, long element) {
    return Math.toIntExact(type.dtype().bytes() * element);
  }

  /** Returns all elements as longs. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong(i);
    }
    return values;
  }

  /** Returns the first elements, a vector. */
  public Literal first(int count) {
    byte[] bytes = new byte[Math.multiplyExact(count, type.dtype().bytes())];
    data.duplicate().rewind().get(bytes);
    return wrap(type.withShape(Shape.of(count)), bytes);
  }

  /** Returns the elements at a position of the first axis. */
  public Literal row(long position) {
    TensorType row = type.withShape(type.shape().slice(1, type.shape().rank()));
    byte[] bytes = new byte[Math.toIntExact(row.bytes())];
    data.duplicate().get(Math.toIntExact(position * row.bytes()), bytes);
    return wrap(row, bytes);
  }

  /** Returns literals of one type one after another, along a new first axis. */
  public static Literal stack(TensorType row, List<Literal> rows) {
    Given.value(row, "row");
    Given.all(rows, "rows");
    byte[] bytes = new byte[Math.toIntExact(row.bytes() * rows.size())];
    for (int i = 0; i < rows.size(); i++) {
      int count = Math.toIntExact(row.bytes());
      rows.get(i).data.duplicate().get(0, bytes, i * count, count);
    }
    return wrap(row.withShape(Shape.of(rows.size()).concat(row.shape())), bytes);
  }

  /** Returns the same bytes as elements of another type. */
  public Literal bitcast(TensorType to) {
    if (Given.value(to, "to").bytes() != type.bytes()) {
      throw new IllegalArgumentException(type + " has not as many bytes as " + to);
    }
    return new Literal(to, data);
  }

  /** Returns the same elements in another shape of equal size. */
  public Literal reshape(Shape shape) {
    if (Given.value(shape, "shape").size() != size()) {
      throw new IllegalArgumentException(type.shape() + " does not reshape to " + shape);
    }
    return new Literal(type.withShape(shape), data);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Literal literal
        && type.equals(literal.type)
        && data.equals(literal.data);
  }

  @Override
  public int hashCode() {
    int known = hash; // Read once: a second, racing read might see the 0 of before.
    if (known == 0) {
      long sum = type.hashCode();
      int words = data.capacity() / Long.BYTES;
      for (int i = 0; i < words; i++) {
        sum = 31 * sum + data.getLong(i * Long.BYTES);
      }
      for (int i = words * Long.BYTES; i < data.capacity(); i++) {
        sum = 31 * sum + data.get(i);
      }
      known = Long.hashCode(sum);
      hash = known;
    }
    return known;
  }

  /** Returns the type, and the value of a scalar or a vector of up to eight elements. */
  @Override
  public String toString() {
    if (type.shape().rank() > 1 || size() > 8) {
      return type.toString();
    }
    String text = String.join(",", texts());
    return type + (type.shape().rank() == 0 ? " " + text : " {" + text + "}");
  }

  /** Fills a literal element by element. */
  public static final class Builder {
    private final TensorType type;
    private final byte[] bytes;
    private final ByteBuffer data;

    /** Starts with every element zero. */
    public Builder(TensorType type) {
      this.type = Given.value(type, "type");
      type.dtype().requireElements();
      bytes = new byte[Math.toIntExact(type.bytes())];
      data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Sets an element, rounded to a floating type; integers are truncated and saturate, NaN becomes
     * 0, and a boolean is true unless the value is 0.
     */
    public void setDouble(long element, double value) {
      Elements.setDouble(type.dtype(), data, offset(type, element), value);
    }

    /**
     * Sets an element, rounded to a floating type, wrapped to an integer type; a boolean is true
     * unless the value is 0.
     */
    public void setLong(long element, long value) {
      Elements.setLong(type.dtype(), data, offset(type, element), value);
    }

    /** Returns the literal; the builder must not be used afterwards. */
    public Literal build() {
      return wrap(type, bytes);
    }
  }
}
