package io.millrace.cuda.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes one launch of several with the same kernel that do not need each other. */
public final class JoinedLaunches {
  /** The most bytes that a kernel's parameters may take is 32,764. */
  private static final int MOST_BYTES = 32_000;

  private JoinedLaunches() {}

  /**
   * Returns fewer launches that do what these do, all of one step, joinable and not needing each
   * other.
   */
  public static List<Launch> together(List<Launch> launches) {
    Map<KernelSource, List<Launch>> kinds = new LinkedHashMap<>();
    for (Launch launch : launches) {
      kinds.computeIfAbsent(launch.source(), source -> new ArrayList<>()).add(launch);
    }
    List<Launch> joined = new ArrayList<>();
    for (List<Launch> kind : kinds.values()) {
      int end;
      for (int i = 0; i < kind.size(); i = end) {
        end = i + 1;
        while (end < kind.size() && fit(end + 1 - i, kind.get(0))) {
          end++;
        }
        joined.add(end == i + 1 ? kind.get(i) : one(kind.subList(i, end)));
      }
    }
    return joined;
  }

  /** Returns whether the arguments of so many launches are not too many for one. */
  public static boolean fit(int items, Launch launch) {
    return capacity(items) * Arguments.itemBytes(launch.arguments()) <= MOST_BYTES;
  }

  /** Returns the launch that does what all of these do; they have one kernel, and fit. */
  public static Launch one(List<Launch> launches) {
    Launch first = launches.get(0);
    int capacity = capacity(launches.size());
    return new Launch(
        first.joinable().orElseThrow().batch(capacity),
        launches.stream().mapToInt(Launch::blocksX).max().orElseThrow(),
        launches.size(),
        first.threads(),
        List.of(new Argument.Items(launches.stream().map(Launch::arguments).toList(), capacity)),
        Optional.empty());
  }

  /** Returns how many items a kernel is made for, so that few kernels serve all numbers. */
  private static int capacity(int items) {
    return Integer.highestOneBit(2 * items - 1);
  }
}
