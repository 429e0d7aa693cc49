package io.millrace.compiler.planning;

import io.millrace.ir.Resource;
import io.millrace.spi.Plan;
import io.millrace.type.TensorType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The plans of a run, each for a device, one after another, and how tensors get from one to the
 * next: across devices through host memory, and on one device through memory of its own.
 *
 * @param feeds the types of the fed tensors, by slot
 * @param fetches the types of the fetched tensors
 * @param buffers the types of the tensors that go from one part to others in host memory
 * @param handed what parts leave on their device for later parts on it: resources for one run
 */
public record Schedule(
    List<Part> parts,
    List<TensorType> feeds,
    List<TensorType> fetches,
    List<TensorType> buffers,
    List<Resource> handed) {

  public Schedule {
    parts = List.copyOf(parts);
    feeds = List.copyOf(feeds);
    fetches = List.copyOf(fetches);
    buffers = List.copyOf(buffers);
    handed = List.copyOf(handed);
  }

  /**
   * What one device does.
   *
   * @param feeds what the plan is fed, by its slots
   * @param fetches where the plan's fetches go
   */
  public record Part(String device, Plan plan, List<Link> feeds, List<Link> fetches) {
    public Part {
      feeds = List.copyOf(feeds);
      fetches = List.copyOf(fetches);
    }
  }

  /** Host memory that a part reads or writes: one of those of the run, by its position. */
  public record Link(Kind kind, int index) {
    /** Whose memory it is. */
    public enum Kind {
      FEED,
      FETCH,
      BUFFER
    }
  }

  /** Returns the session's state that the plans read or write. */
  public List<Resource> resources() {
    Set<Resource> all = new LinkedHashSet<>();
    parts.forEach(p -> all.addAll(p.plan().resources()));
    handed.forEach(all::remove);
    return List.copyOf(all);
  }
}
