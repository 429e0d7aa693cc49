package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Resource;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Something that a plan depends on and only a run can tell. Lowering asks; the session answers, and
 * keeps plans by the answers.
 */
public sealed interface Question {

  /** Calls the visitor's method for this question. */
  <R> R accept(Visitor<R> visitor);

  /** Returns whether it is the session's state that tells, not what a run computes. */
  default boolean isOfState() {
    return false;
  }

  /** Returns whether an answer to this makes that to another question one of the past. */
  default boolean replaces(Question other) {
    return false;
  }

  /** Returns the calls of functions that lead to what asks; none for what is the session's. */
  default CallPath path() {
    return new CallPath(List.of());
  }

  /**
   * What a tensor holds, because shapes or branches depend on it.
   *
   * @param path the calls of functions that lead to it
   * @param writes how often the variable was written to before, if the tensor is a variable's
   *     memory
   */
  record ValueOf(CallPath path, Output output, int writes) implements Question {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.valueOf(this);
    }

    @Override
    public String toString() {
      return path + output.toString();
    }
  }

  /**
   * The sizes that an operation's outputs have; see {@link io.millrace.op.Op#sizes}.
   *
   * @param path the calls of functions that lead to it
   */
  record SizesOf(CallPath path, Operation operation) implements Question {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.sizesOf(this);
    }

    @Override
    public String toString() {
      return "the sizes of " + path + operation;
    }
  }

  /**
   * Whether a loop whose turns differ takes another turn. What came of the turns before lies with
   * the run; a plan depends on its types only.
   *
   * @param path the calls of functions that lead to it
   * @param carried the types of what the next turn is given
   * @param written the variables that the turns so far wrote
   */
  record Another(CallPath path, Operation loop, List<TensorType> carried, List<Resource> written)
      implements Question {
    public Another {
      carried = List.copyOf(carried);
      written = List.copyOf(written);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.another(this);
    }

    /** Returns the loop's name behind those of the calls that lead to it. */
    public String name() {
      return path.name(loop);
    }

    /** What was asked in a turn is asked anew in the next. */
    @Override
    public boolean replaces(Question other) {
      return other.path().isInside(path, loop)
          || (other instanceof Another before
              && before.loop.equals(loop)
              && before.path.equals(path));
    }

    @Override
    public String toString() {
      return "whether " + path + loop + " takes a turn with " + carried;
    }
  }

  /** The shape of a variable whose shape may change: its dims. */
  record ShapeOf(String variable) implements Question {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.shapeOf(this);
    }

    @Override
    public boolean isOfState() {
      return true;
    }

    @Override
    public String toString() {
      return "the shape of " + variable;
    }
  }

  /** Whether a variable has a value: 1 or 0. */
  record PresenceOf(String variable) implements Question {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.presenceOf(this);
    }

    @Override
    public boolean isOfState() {
      return true;
    }

    @Override
    public String toString() {
      return "whether " + variable + " has a value";
    }
  }

  /**
   * How many turns a loop has rows for, of which data decide how often it turns. What the session
   * guesses may prove too little; then it guesses more.
   *
   * @param loop the loop's name, behind those of the calls that lead to it
   */
  record CapacityOf(String loop) implements Question {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.capacityOf(this);
    }

    @Override
    public boolean isOfState() {
      return true;
    }

    @Override
    public String toString() {
      return "the turns that " + loop + " has rows for";
    }
  }

  /**
   * Answers each question.
   *
   * @param <R> what an answer is
   */
  interface Visitor<R> {
    R valueOf(ValueOf question);

    R sizesOf(SizesOf question);

    R another(Another question);

    R shapeOf(ShapeOf question);

    R presenceOf(PresenceOf question);

    R capacityOf(CapacityOf question);
  }
}
