package io.millrace.cuda.command;

import io.millrace.spi.Place;
import java.util.Locale;

/**
 * Names a byte of the device's memory before it is known where that memory lies.
 *
 * @param space the kind of memory
 * @param index which one of its kind; 0 where there is only one
 * @param offset bytes from its beginning
 */
public record Address(Space space, int index, long offset) {
  /** Where tensors begin: at multiples of so many bytes. */
  public static final long ALIGNMENT = 256;

  /** The kinds of memory that the commands of one plan use. */
  public enum Space {
    ARENA,
    FEED,
    FETCH,
    RESOURCE,
    CONSTANT,
    /** Where the commands of one step keep what only they need. */
    SCRATCH,
    /** The word that tells which step failed first. */
    STATUS,
    /** What failed checks show; kept until the run has ended. */
    EVIDENCE
  }

  /** Returns where a plan keeps a tensor. */
  public static Address of(Place place) {
    return new Address(Space.valueOf(place.space().name()), place.index(), place.offset());
  }

  /** Returns a number of bytes, rounded up so that the next tensor may begin there. */
  public static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns the address so many bytes further. */
  public Address plus(long bytes) {
    return new Address(space, index, offset + bytes);
  }

  @Override
  public String toString() {
    String name = space.name().toLowerCase(Locale.ROOT);
    boolean one =
        space != Space.FEED
            && space != Space.FETCH
            && space != Space.RESOURCE
            && space != Space.CONSTANT;
    return name + (one ? "" : index) + (offset == 0 ? "" : "+" + offset);
  }
}
