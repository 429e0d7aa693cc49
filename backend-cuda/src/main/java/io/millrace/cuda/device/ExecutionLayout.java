package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How the memory of one execution is laid out on the device, and that which it exchanges with the
 * host, page-locked, on the host.
 *
 * @param feeds where each feed begins, on the device from {@code feedsAt} and on the host alike
 * @param fetches where each fetch begins, likewise
 * @param exchangedBytes the size of the part that host and device share the layout of: the status
 *     word, the feeds and the fetches
 * @param arenaAt where the arena begins
 * @param evidenceAt where the evidence begins
 * @param scratchAt where the scratch memory begins
 * @param bytes the size of all
 */
record ExecutionLayout(
    List<Long> feeds,
    List<Long> fetches,
    long exchangedBytes,
    long arenaAt,
    long evidenceAt,
    long scratchAt,
    long bytes) {

  /** The status word lies first. */
  static final long STATUS_BYTES = 4;

  /** Lays out the memory of a program's execution. */
  static ExecutionLayout of(DeviceProgram program) {
    Layout layout = new Layout();
    layout.take(STATUS_BYTES);
    List<Long> feeds = program.plan().feeds().stream().map(layout::take).toList();
    List<Long> fetches = program.plan().fetches().stream().map(layout::take).toList();
    long exchanged = layout.end;
    long arena = layout.take(program.plan().arenaBytes());
    long evidence = layout.take(program.evidenceBytes());
    long scratch = layout.take(program.scratchBytes());
    return new ExecutionLayout(feeds, fetches, exchanged, arena, evidence, scratch, layout.end);
  }

  private static final class Layout {
    private long end;

    long take(TensorType type) {
      return take(type.bytes());
    }

    long take(long bytes) {
      long at = end;
      end += Address.padded(bytes);
      return at;
    }
  }

  /**
   * Returns where addresses are once this frame, the constants and the resources have theirs.
   *
   * @param base where the frame begins
   * @param constants where each constant begins
   * @param resources where each resource begins
   */
  ToLongFunction<Address> at(long base, List<Long> constants, List<Long> resources) {
    return address ->
        address.offset()
            + switch (address.space()) {
              case STATUS -> base;
              case FEED -> base + feeds.get(address.index());
              case FETCH -> base + fetches.get(address.index());
              case ARENA -> base + arenaAt;
              case EVIDENCE -> base + evidenceAt;
              case SCRATCH -> base + scratchAt;
              case CONSTANT -> constants.get(address.index());
              case RESOURCE -> resources.get(address.index());
            };
  }
}
