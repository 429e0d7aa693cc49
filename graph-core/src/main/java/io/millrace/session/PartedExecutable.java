package io.millrace.session;

import io.millrace.compiler.planning.Schedule;
import io.millrace.compiler.planning.Schedule.Link;
import io.millrace.ir.Resource;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the plans of a schedule one after another, each on its device. */
final class PartedExecutable implements Executable {
  private final Schedule schedule;
  private final Devices devices;
  private final List<Executable> parts = new ArrayList<>();

  private PartedExecutable(Schedule schedule, Devices devices) {
    this.schedule = schedule;
    this.devices = devices;
  }

  /** Prepares a schedule; one of a single part is the device's alone. */
  static Executable of(Schedule schedule, Devices devices) {
    PartedExecutable all = new PartedExecutable(schedule, devices);
    try {
      for (Schedule.Part part : schedule.parts()) {
        all.parts.add(devices.get(part.device()).compile(part.plan()));
      }
    } catch (RuntimeException | Error e) {
      Cleanup.after(e, all::close);
      throw e;
    }
    return all.parts.size() == 1 ? all.parts.get(0) : all;
  }

  @Override
  public Execution newExecution() {
    PartedExecution execution = new PartedExecution();
    try {
      execution.open();
    } catch (RuntimeException | Error e) {
      Cleanup.after(e, execution::close);
      throw e;
    }
    return execution;
  }

  @Override
  public void close() {
    Cleanup.each(parts, Executable::close);
  }

  /**
   * A part's execution, and the lists that are passed to it.
   *
   * @param given where each resource is among those of the whole run; -1 for the first of those
   *     handed from part to part, and so on
   */
  private record Turn(
      Schedule.Part part,
      Execution execution,
      List<Integer> given,
      List<DeviceMemory> handed,
      List<HostMemory> feeds,
      List<DeviceMemory> resources,
      List<HostMemory> fetches) {

    Turn(Schedule.Part part, Execution execution) {
      this(
          part,
          execution,
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>());
    }

    void collect(List<DeviceMemory> memories) {
      resources.clear();
      for (int i = 0; i < given.size(); i++) {
        int from = given.get(i);
        resources.add(from >= 0 ? memories.get(from) : handed.get(-1 - from));
      }
    }
  }

  /** The parts' executions with the memory between them. */
  private final class PartedExecution implements Execution {
    private final List<Resource> given = schedule.resources();
    private final List<Turn> turns = new ArrayList<>();
    private final List<HostMemory> buffers = new ArrayList<>();
    private final List<HostMemory> own = new ArrayList<>();
    private final Map<Resource, DeviceMemory> handed = new HashMap<>();

    void open() {
      Map<Resource, Integer> places = new HashMap<>();
      given.forEach(resource -> places.put(resource, places.size()));
      for (int i = 0; i < parts.size(); i++) {
        Schedule.Part part = schedule.parts().get(i);
        Turn turn = new Turn(part, parts.get(i).newExecution());
        turns.add(turn);
        for (Resource resource : part.plan().resources()) {
          int from = places.getOrDefault(resource, -1);
          if (from < 0) {
            turn.handed().add(handed(resource, part.device()));
          }
          turn.given().add(from >= 0 ? from : -turn.handed().size());
        }
      }
      for (int i = 0; i < schedule.buffers().size(); i++) {
        buffers.add(buffer(i));
      }
    }

    private DeviceMemory handed(Resource resource, String device) {
      return handed.computeIfAbsent(
          resource, r -> devices.get(device).allocate(r.name(), r.type().bytes()));
    }

    private HostMemory buffer(int index) {
      Optional<HostMemory> wanted = stagingOf(new Link(Link.Kind.BUFFER, index));
      if (wanted.isPresent()) {
        return wanted.get();
      }
      HostMemory buffer =
          devices
              .account()
              .uninitialized(
                  "what goes from device to device", schedule.buffers().get(index).bytes());
      own.add(buffer);
      return buffer;
    }

    @Override
    public Optional<HostMemory> staging(int feed) {
      return stagingOf(new Link(Link.Kind.FEED, feed));
    }

    /** Returns where the first part that cares wants what is fed to it from there. */
    private Optional<HostMemory> stagingOf(Link link) {
      for (Turn turn : turns) {
        int slot = turn.part().feeds().indexOf(link);
        Optional<HostMemory> wanted = slot < 0 ? Optional.empty() : turn.execution().staging(slot);
        if (wanted.isPresent()) {
          return wanted;
        }
      }
      return Optional.empty();
    }

    @Override
    public void run(
        List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
      // All have their memory before any part changes what the session keeps.
      int reserved = 0;
      try {
        while (reserved < turns.size()) {
          turns.get(reserved).execution().reserve();
          reserved++;
        }
        for (int i = 0; i < turns.size(); i++) {
          Turn turn = turns.get(i);
          collect(turn.part().feeds(), feeds, fetches, turn.feeds());
          collect(turn.part().fetches(), feeds, fetches, turn.fetches());
          turn.collect(resources);
          turn.execution().run(turn.feeds(), turn.resources(), turn.fetches());
        }
      } finally {
        while (reserved > 0) {
          reserved--;
          turns.get(reserved).execution().release();
        }
      }
    }

    private void collect(
        List<Link> links, List<HostMemory> feeds, List<HostMemory> fetches, List<HostMemory> into) {
      into.clear();
      for (int i = 0; i < links.size(); i++) {
        Link link = links.get(i);
        List<HostMemory> from =
            switch (link.kind()) {
              case FEED -> feeds;
              case FETCH -> fetches;
              case BUFFER -> buffers;
            };
        into.add(from.get(link.index()));
      }
    }

    @Override
    public void close() {
      Cleanup.all(
          () -> Cleanup.each(turns, t -> t.execution().close()),
          () -> Cleanup.each(handed.values(), DeviceMemory::close),
          () -> Cleanup.each(own, HostMemory::close));
    }
  }
}
