package io.millrace.op;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One use of an operation that is accepted, or rejected with a stated message.
 *
 * <p>Tests draw the inputs at random from the given ranges, compare every device with the reference
 * and symbolic with numeric gradients; documentation lists them.
 *
 * @param op the operation with its attributes
 * @param inputs how to make each input
 * @param rejection a part of the message, if the operation must refuse these inputs
 * @param lacking the outputs that have no value for these inputs, being on a branch not taken
 */
public record Example(
    Op op, List<Input> inputs, Optional<String> rejection, List<Integer> lacking) {

  /**
   * How to make an input.
   *
   * @param low the least value drawn
   * @param high the bound of the values drawn, exclusive
   * @param value the input's value where it is not drawn but a constant
   * @param form what the input is of the value drawn
   */
  public record Input(
      TensorType type, double low, double high, Optional<Literal> value, Form form) {
    /** Returns whether the input leads to a variable that holds the value drawn. */
    public boolean isVariable() {
      return form == Form.REFERENCE || form == Form.HANDLE;
    }
  }

  /** What an input is of a value: itself, or something that leads to a variable of that value. */
  public enum Form {
    TENSOR,
    REFERENCE,
    HANDLE,

    /** A list whose elements, stacked, are the value. */
    LIST
  }

  public Example {
    inputs = List.copyOf(inputs);
    lacking = List.copyOf(lacking);
  }

  /** Returns an example, to which inputs are added, that the operation accepts. */
  public static Example accepts(Op op) {
    return new Example(op, List.of(), Optional.empty(), List.of());
  }

  /** Returns an example, to which inputs are added, that is refused with this in the message. */
  public static Example rejects(Op op, String message) {
    return new Example(op, List.of(), Optional.of(message), List.of());
  }

  /** Adds an input drawn from [-2, 2), or [-5, 5) for integers; unsigned from [0, 5). */
  public Example with(DType dtype, long... dims) {
    double low = dtype.isFloating() ? -2 : dtype.isSigned() ? -5 : 0;
    double high = dtype.isFloating() || dtype.isBoolean() ? 2 : 5;
    return within(low, high, dtype, dims);
  }

  /** Adds an input drawn from [low, high). */
  public Example within(double low, double high, DType dtype, long... dims) {
    return drawn(low, high, dtype, Form.TENSOR, dims);
  }

  /** Adds a constant input. */
  public Example with(Literal value) {
    return plus(new Input(value.type(), 0, 0, Optional.of(value), Form.TENSOR));
  }

  /** Adds a constant vector of int32. */
  public Example ints(int... elements) {
    return with(Literal.ofInts(elements));
  }

  /** Adds a constant vector of int64. */
  public Example longs(long... elements) {
    return with(Literal.ofLongs(elements));
  }

  /** Adds a constant scalar. */
  public Example scalar(DType dtype, double value) {
    return with(Literal.scalar(dtype, value));
  }

  /** Adds an input that refers to a variable whose value is drawn from [low, high). */
  public Example withVariable(double low, double high, DType dtype, long... dims) {
    return drawn(low, high, dtype, Form.REFERENCE, dims);
  }

  /** Adds an input that is a handle of a variable whose value is drawn from [low, high). */
  public Example withHandle(double low, double high, DType dtype, long... dims) {
    return drawn(low, high, dtype, Form.HANDLE, dims);
  }

  /** Adds an input that leads to a variable whose value is drawn from [low, high). */
  public Example withVariable(boolean handle, double low, double high, DType dtype, long... dims) {
    return drawn(low, high, dtype, handle ? Form.HANDLE : Form.REFERENCE, dims);
  }

  /** Adds an input that is a list, whose elements stacked are drawn as {@link #with} does. */
  public Example withList(DType dtype, long... rows) {
    Example tensor = new Example(op, List.of(), rejection, lacking).with(dtype, rows);
    Input input = tensor.inputs.get(0);
    return drawn(input.low(), input.high(), dtype, Form.LIST, rows);
  }

  private Example drawn(double low, double high, DType dtype, Form form, long... dims) {
    return plus(new Input(TensorType.of(dtype, dims), low, high, Optional.empty(), form));
  }

  /** Says that an output has no value for these inputs. */
  public Example lacking(int output) {
    return new Example(op, inputs, rejection, List.of(output));
  }

  private Example plus(Input input) {
    List<Input> more = new ArrayList<>(inputs);
    more.add(input);
    return new Example(op, more, rejection, lacking);
  }
}
