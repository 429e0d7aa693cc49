package io.millrace.spi;

import io.millrace.type.TensorType;
import java.util.Locale;

/**
 * Where a plan keeps a tensor.
 *
 * @param space the kind of memory
 * @param index which one: the slot of a feed, the position of a fetch, resource, constant or row; 0
 *     for the arena
 * @param offset bytes from the beginning of that memory, a multiple of 64
 * @param type the tensor's type, fully defined
 */
public record Place(Space space, int index, long offset, TensorType type) {
  /** The kinds of memory. */
  public enum Space {
    ARENA,
    FEED,
    FETCH,
    RESOURCE,
    CONSTANT,
    /** The row of a tensor that a loop has at this turn; see {@link Body}. */
    ROW
  }

  /** Returns whether both start at the same byte. */
  public boolean sameStart(Place other) {
    return space == other.space && index == other.index && offset == other.offset;
  }

  @Override
  public String toString() {
    String name = space.name().toLowerCase(Locale.ROOT);
    return (space == Space.ARENA ? "@" + offset : name + index) + ":" + type;
  }
}
