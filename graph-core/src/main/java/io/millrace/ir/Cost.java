package io.millrace.ir;

/**
 * An estimate of some work.
 *
 * @param flops the operations on numbers, a multiply-add counted as two
 * @param read the bytes read
 * @param written the bytes written
 */
public record Cost(long flops, long read, long written) {
  /** The cost of what nobody has to do. */
  public static final Cost NOTHING = new Cost(0, 0, 0);

  /** Returns the cost of both. */
  public Cost plus(Cost other) {
    return new Cost(flops + other.flops, read + other.read, written + other.written);
  }
}
