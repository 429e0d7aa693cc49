package io.millrace.cuda.program;

import io.millrace.cuda.command.JoinedLaunches;
import io.millrace.cuda.command.Launch;
import io.millrace.ir.Origin;
import io.millrace.spi.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes one launch of those that follow each other with the same kernel and do not need each other,
 * such as an optimizer's updates of all variables: a launch takes longer than a small loop.
 */
final class JoinLaunches {
  private JoinLaunches() {}

  /** Returns the same parts with fewer commands. */
  static List<DeviceProgram.Part> apply(List<DeviceProgram.Part> parts) {
    List<DeviceProgram.Part> joined = new ArrayList<>();
    for (int i = 0; i < parts.size(); ) {
      int end = i + 1;
      while (end < parts.size() && joins(parts.subList(i, end), parts.get(end))) {
        end++;
      }
      joined.addAll(end == i + 1 ? parts.subList(i, end) : join(parts.subList(i, end)));
      i = end;
    }
    return joined;
  }

  private static boolean joins(List<DeviceProgram.Part> before, DeviceProgram.Part next) {
    if (!isJoinable(before.get(0)) || !isJoinable(next)) {
      return false;
    }
    Launch first = launch(before.get(0));
    return first.source().equals(launch(next).source())
        && JoinedLaunches.fit(before.size() + 1, first)
        && before.stream().allMatch(part -> areIndependent(part, next));
  }

  private static boolean isJoinable(DeviceProgram.Part part) {
    return part.bodies().isEmpty()
        && part.commands().size() == 1
        && part.commands().get(0) instanceof Launch launch
        && launch.joinable().isPresent()
        && launch.blocksY() == 1;
  }

  private static Launch launch(DeviceProgram.Part part) {
    return (Launch) part.commands().get(0);
  }

  /** Returns whether neither step touches what the other writes. */
  private static boolean areIndependent(DeviceProgram.Part a, DeviceProgram.Part b) {
    return a.step().outputs().stream().noneMatch(o -> touches(b, o))
        && b.step().outputs().stream().noneMatch(o -> touches(a, o));
  }

  private static boolean touches(DeviceProgram.Part part, Place written) {
    return Stream.concat(part.step().inputs().stream(), part.step().outputs().stream())
        .anyMatch(p -> overlap(p, written));
  }

  private static boolean overlap(Place a, Place b) {
    return a.space() == b.space()
        && a.index() == b.index()
        && a.offset() < b.offset() + b.type().bytes()
        && b.offset() < a.offset() + a.type().bytes();
  }

  private static List<DeviceProgram.Part> join(List<DeviceProgram.Part> parts) {
    Launch all = JoinedLaunches.one(parts.stream().map(JoinLaunches::launch).toList());
    List<DeviceProgram.Part> result = new ArrayList<>();
    for (DeviceProgram.Part part : parts) {
      boolean does = result.isEmpty();
      result.add(
          part.with(
              does ? List.of(all) : List.of(),
              does
                  ? Origin.join(parts.stream().map(DeviceProgram.Part::origin).toList())
                  : part.origin()));
    }
    return result;
  }
}
