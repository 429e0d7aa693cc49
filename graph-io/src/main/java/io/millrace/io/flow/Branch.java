package io.millrace.io.flow;

import java.util.Optional;

/**
 * A side of switches: what is on it has a value only if a predicate has that side's, and this is
 * itself on the side around.
 *
 * @param outer the side around; nothing for what always has a value
 * @param predicate what decides
 * @param side 1 where that is true, 0 where it is false
 * @param depth how many sides this is in, itself included
 */
record Branch(Optional<Branch> outer, Optional<Port> predicate, int side, int depth) {
  /** What is on no side. */
  static final Branch NONE = new Branch(Optional.empty(), Optional.empty(), 0, 0);

  Branch inner(Port decides, int taken) {
    return new Branch(Optional.of(this), Optional.of(decides), taken, depth + 1);
  }

  /** Returns whether this is the other side of the same predicate. */
  boolean isOpposite(Branch other) {
    return depth > 0
        && outer.equals(other.outer)
        && predicate.equals(other.predicate)
        && side != other.side;
  }

  /** Returns whether this is a side, or one around it. */
  boolean isAround(Branch other) {
    Branch up = other;
    while (up.depth > depth) {
      up = up.outer.orElseThrow();
    }
    return equals(up);
  }
}
