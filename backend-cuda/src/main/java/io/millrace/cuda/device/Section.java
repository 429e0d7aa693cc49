package io.millrace.cuda.device;

import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.program.DeviceProgram;
import java.util.List;
import java.util.Optional;

/** Parts that the device does one after another without the host. Used by one thread at a time. */
final class Section implements Sequence.Item {
  private final List<DeviceProgram.Part> parts;
  private final List<Decision> decisions;
  private final boolean first;
  private final boolean last;
  private Optional<DriverStream.Graph> graph = Optional.empty();
  private boolean ranBefore;

  /**
   * Makes a section.
   *
   * @param decisions what the host wants to see at its end
   * @param first whether it begins the run
   * @param last whether it ends the run
   */
  Section(List<DeviceProgram.Part> parts, List<Decision> decisions, boolean first, boolean last) {
    this.parts = List.copyOf(parts);
    this.decisions = decisions;
    this.first = first;
    this.last = last;
  }

  List<DeviceProgram.Part> parts() {
    return parts;
  }

  List<Decision> decisions() {
    return decisions;
  }

  boolean isFirst() {
    return first;
  }

  boolean isLast() {
    return last;
  }

  private boolean isEmpty() {
    return !first
        && !last
        && decisions.isEmpty()
        && parts.stream().allMatch(p -> p.commands().isEmpty());
  }

  /** Has the section done: step by step at first, then recorded, and from then on replayed. */
  void run(CommandQueue queue, DriverStream stream, boolean blocking) {
    if (isEmpty()) {
      return;
    }
    if (blocking || !ranBefore) {
      queue.run(this);
      ranBefore = true;
      return;
    }
    if (graph.isEmpty()) {
      graph = Optional.of(queue.record(this));
    }
    stream.replay(graph.get());
  }

  /** Forgets what was recorded. */
  void forget() {
    Optional<DriverStream.Graph> old = graph;
    graph = Optional.empty();
    old.ifPresent(DriverStream.Graph::close);
  }
}
