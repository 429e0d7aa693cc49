package io.millrace.op;

import io.millrace.GraphFunction;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * An operation with its attributes: everything the engine knows about it, in one place.
 *
 * <p>Implemented by records (attributes are components) or by the constants of an enum (a family
 * without attributes). Instances are immutable and say nothing about devices. Each implementing
 * class also has a method {@code static List<Example> examples()}, from which tests and
 * documentation are made.
 */
public interface Op {

  /**
   * Returns TensorFlow's name of the operation, such as {@code MatMul}: that of the class, unless
   * the class says another.
   */
  default String type() {
    return getClass().getSimpleName();
  }

  /**
   * Returns how TensorFlow writes a node of this operation, so that graphs can be exchanged. An
   * operation of a user's own need not say it.
   */
  default Signature signature() {
    return Signature.unknown();
  }

  /**
   * Returns the types of the outputs, as exactly as the types of the inputs allow.
   *
   * <p>Called when a node is added, then with fully defined input types when a run is compiled.
   * Broken rules are reported through {@link Inference#require}.
   */
  List<TensorType> infer(Inference in);

  /**
   * Returns the gradient with respect to each input, as nodes added to the graph, or says why there
   * is none.
   */
  Gradients gradient(Gradient call);

  /** Says the operation in primitives; all types are fully defined then. */
  void lower(Lowering lowering);

  /**
   * Returns how many numbers beyond the types and constants of the inputs the types of the outputs
   * depend on, as the number of true elements does for {@code Where}. A run computes them first, by
   * {@link #lowerSizes}; then {@link Inference#sizes} has them.
   */
  default int sizes() {
    return 0;
  }

  /** Returns {@link #sizes()} where it depends on the types of the inputs. */
  default int sizes(List<TensorType> inputs) {
    return sizes();
  }

  /**
   * Says in primitives how the sizes follow from the inputs: output 0 is set to a vector of {@link
   * #sizes()} int64 numbers. Further outputs are what {@link #lower} needs too, which gets them
   * from {@link Lowering#found}: nothing is computed twice.
   */
  default void lowerSizes(Lowering lowering) {
    throw new UnsupportedOperationException(type() + " has no sizes that depend on data");
  }

  /**
   * Returns the value of the first output if it follows from the types of the inputs alone, as that
   * of a constant or of {@code Shape} does.
   */
  default Optional<Literal> value(Inference in) {
    return Optional.empty();
  }

  /**
   * Returns whether running the operation does more than compute its outputs from its inputs: it
   * reads or writes state, draws random numbers or fails on purpose. Such operations are neither
   * merged nor evaluated ahead of time.
   */
  default boolean isStateful() {
    return false;
  }

  /** Returns whether the operation makes lists of which nothing is known, not even their type. */
  default boolean makesAnyList() {
    return false;
  }

  /** Returns the functions that the operation may call. */
  default List<GraphFunction> functions() {
    return List.of();
  }

  /** Returns this operation calling other functions in the place of its own. */
  default Op calling(List<GraphFunction> functions) {
    throw new UnsupportedOperationException(type() + " calls no other functions");
  }

  /** Returns the type of a {@linkplain io.millrace.Operation#trace trace} of such a tensor. */
  default TensorType traced(TensorType inside) {
    return inside;
  }

  /**
   * Returns whether the operation may run though an input has no value in this run, being on a
   * branch that is not taken, as {@code Merge} does; others then have no value themselves.
   */
  default boolean takesDead() {
    return false;
  }

  /**
   * Returns whether output 0 refers to state that other operations read and write: a variable, or
   * what was written to one, which input 0 refers to then.
   */
  default boolean refersToState() {
    return false;
  }

  /** Returns whether an output refers to state, of operations that pass references on. */
  default boolean refersToState(int output) {
    return output == 0 && refersToState();
  }

  /**
   * Returns the operation that computes the same from a value where this reads it of the variable
   * that input 0 is a handle of; nothing if this does not read one so, or nothing else would do.
   */
  default Optional<Op> ofValue() {
    return Optional.empty();
  }

  /**
   * Returns whether running the operation writes what input 0 refers to. What it has as an output
   * it refers to; what takes a variable by its handle may have none.
   */
  default boolean writesState() {
    return refersToState();
  }
}
