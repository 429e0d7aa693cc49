package io.millrace.compiler.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.TinyProgram;
import io.millrace.compiler.Verifier;
import io.millrace.compiler.passes.Passes;
import io.millrace.compiler.planning.Partition.Cut;
import io.millrace.compiler.planning.Schedule.Link;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.primitives.ProgramRun;
import io.millrace.primitives.RandomPrograms;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What devices do of a program, and that it is what the program says. */
class PartitionTest {
  private static final String HERE = "here:0";
  private static final String THERE = "there:0";

  private final TinyProgram tiny = new TinyProgram();
  private final Map<Value, String> devices = new HashMap<>();
  private final Resource table = TinyProgram.resource("table", 4);
  private final Resource weights = TinyProgram.resource("weights", 4);
  private final Map<String, String> homes = Map.of("table", THERE, "weights", HERE);

  private Value on(String device, Value value) {
    devices.put(value, device);
    return value;
  }

  private Value add(String device, Value x, Value y) {
    return on(device, tiny.map("add", s -> s.get(0).plus(s.get(1)), x, y));
  }

  private List<Cut> split(Value... fetches) {
    return Partition.split(tiny.fetch(fetches), devices, homes, HERE).cuts();
  }

  private static List<String> devices(List<Cut> cuts) {
    return cuts.stream().map(Cut::device).toList();
  }

  private static long count(Cut cut, Class<? extends Primitive> kind) {
    return cut.program().instructions().stream()
        .filter(i -> kind.isInstance(i.primitive()))
        .count();
  }

  @Test
  void aProgramForOneDeviceStaysAsItIs() {
    Value x = tiny.feed(4);
    Value y = tiny.reshape(tiny.reshape(x, 2, 2), 1, 4);
    assertEquals(List.of(HERE), devices(split(x, y)));
    Program program = tiny.fetch(add(THERE, x, x), y);
    Partition.Result result = Partition.split(program, devices, homes, HERE);
    assertSame(program, result.cuts().get(0).program());
    assertEquals(List.of(THERE), devices(result.cuts()));
  }

  @Test
  void stateAloneDecidesWhereItIsReadAndWritten() {
    Value old = tiny.reshape(tiny.read(table), 2, 2);
    tiny.builder.update(weights, tiny.reshape(old, 4));
    List<Cut> cuts = split(old);
    assertEquals(List.of(THERE, HERE), devices(cuts));
    assertEquals(List.of(new Link(Link.Kind.BUFFER, 0)), cuts.get(1).feeds());
  }

  @Test
  void aDeviceDoesAllThatItCanBeforeAnother() {
    Value x = tiny.feed(4);
    Value a = add(HERE, x, x);
    Value b = add(THERE, a, x);
    Value c = add(HERE, a, a);
    Value d = add(THERE, b, c);
    Value e = add(HERE, c, d);
    List<Cut> cuts = split(e);
    assertEquals(List.of(HERE, THERE, HERE), devices(cuts));
    assertEquals(2, count(cuts.get(0), Primitive.Map.class));
    assertEquals(2, count(cuts.get(1), Primitive.Map.class));
    assertEquals(1, count(cuts.get(2), Primitive.Map.class));
    // What stays on its device does not go through the host.
    assertEquals(1, count(cuts.get(2), Primitive.Read.class));
    assertEquals(1, count(cuts.get(2), Primitive.Feed.class));
  }

  @Test
  void theDeviceBeginsThatMakesTheFewestTurns() {
    Value x = tiny.feed(4);
    Value early = add(HERE, x, x);
    Value first = add(THERE, x, x);
    Value second = add(HERE, first, early);
    List<Cut> cuts = split(second);
    assertEquals(List.of(THERE, HERE), devices(cuts));
  }

  @Test
  void whatNothingNeedsIsBroughtNowhere() {
    Value x = tiny.feed(4);
    add(THERE, add(HERE, x, x), x);
    assertEquals(List.of(HERE), devices(split(add(HERE, x, x))));
  }

  @Test
  void constantsAndFeedsAreWhereTheyAreUsed() {
    Value x = tiny.feed(4);
    Value c = tiny.reshape(tiny.constant(3, 2, 2), 4);
    List<Cut> cuts = split(add(HERE, x, c), add(THERE, x, c), c);
    assertEquals(Set.of(HERE, THERE), new HashSet<>(devices(cuts)));
    for (Cut cut : cuts) {
      assertEquals(List.of(new Link(Link.Kind.FEED, 0)), cut.feeds());
      assertEquals(1, count(cut, Primitive.Constant.class));
    }
  }

  @Test
  void aFetchedValueCrossesInTheCallersMemory() {
    Value x = tiny.feed(4);
    Value a = add(HERE, x, x);
    Partition.Result result =
        Partition.split(tiny.fetch(add(THERE, a, a), a), devices, homes, HERE);
    assertEquals(List.of(), result.buffers());
    assertEquals(List.of(new Link(Link.Kind.FETCH, 1)), result.cuts().get(0).fetches());
    assertEquals(List.of(new Link(Link.Kind.FETCH, 1)), result.cuts().get(1).feeds());
  }

  @Test
  void aPinnedTableMakesThreeParts() {
    Value old = tiny.read(table);
    Value rows = add(THERE, old, tiny.feed(4));
    Value w = tiny.read(weights);
    Value gradient = add(HERE, rows, w);
    tiny.builder.update(weights, add(HERE, w, gradient));
    tiny.builder.update(table, add(THERE, old, gradient));
    List<Cut> cuts = split(gradient);
    assertEquals(List.of(THERE, HERE, THERE), devices(cuts));
    assertEquals(List.of(0, 1, 1), cuts.stream().map(c -> c.program().updates().size()).toList());
  }

  @Test
  void nothingIsWrittenBeforeTheLastThatMayFail() {
    Value x = tiny.feed(4);
    Value w = tiny.read(weights);
    Value more = add(HERE, w, x);
    tiny.builder.update(weights, more);
    tiny.check(add(THERE, more, x));
    for (Instruction instruction : tiny.builder.instructions()) {
      devices.putIfAbsent(instruction.output(), THERE);
    }
    List<Cut> cuts = split();
    assertEquals(List.of(HERE, THERE, HERE), devices(cuts));
    List<Resource> written =
        cuts.get(0).program().updates().stream().map(Program.Update::resource).toList();
    assertFalse(written.contains(weights));
    assertEquals(weights, cuts.get(2).program().updates().get(0).resource());
  }

  /** Random devices for whatever a program has. */
  private static Map<Value, String> devices(Program program, Random random, int count) {
    Map<Value, String> devices = new HashMap<>();
    program
        .instructions()
        .forEach(i -> devices.put(i.outputs().get(0), "d:" + random.nextInt(count)));
    return devices;
  }

  private static ProgramRun run(
      Partition.Result result,
      Program program,
      List<Literal> feeds,
      Map<String, Literal> resources,
      boolean passes) {
    Map<Link, Literal> host = new HashMap<>();
    for (int i = 0; i < feeds.size(); i++) {
      host.put(new Link(Link.Kind.FEED, i), feeds.get(i));
    }
    Map<String, Literal> held = new HashMap<>(resources);
    result.handed().forEach(r -> held.put(r.name(), Literal.fill(r.type(), 0)));
    for (Cut cut : result.cuts()) {
      Verifier.verify(cut.program());
      Program form = passes ? Passes.apply(cut.program(), new ArrayList<>()) : cut.program();
      List<Literal> given =
          cut.feeds().stream().map(l -> Objects.requireNonNull(host.get(l))).toList();
      ProgramRun run = ProgramRun.execute(Planner.plan(form), given, held);
      held.putAll(run.resources());
      for (int i = 0; i < run.fetches().size(); i++) {
        host.put(cut.fetches().get(i), run.fetches().get(i));
      }
    }
    result.handed().forEach(r -> held.remove(r.name()));
    List<Literal> fetches = new ArrayList<>();
    for (int i = 0; i < program.fetches().size(); i++) {
      fetches.add(Objects.requireNonNull(host.get(new Link(Link.Kind.FETCH, i))));
    }
    return new ProgramRun(fetches, held);
  }

  /** Requires that state is used on its device only, and written when nothing can fail or read. */
  private static void requireOrder(Partition.Result result, Map<String, String> homes) {
    Set<Resource> handed = new HashSet<>(result.handed());
    Set<Resource> written = new HashSet<>();
    for (Cut cut : result.cuts()) {
      for (Instruction instruction : cut.program().instructions()) {
        if (instruction.primitive() instanceof Primitive.Read read
            && !handed.contains(read.resource())) {
          assertEquals(cut.device(), homes.get(read.resource().name()));
          assertFalse(written.contains(read.resource()));
        }
        assertTrue(written.isEmpty() || !instruction.primitive().mayFail());
      }
      for (Program.Update update : cut.program().updates()) {
        if (!handed.contains(update.resource())) {
          assertEquals(cut.device(), homes.get(update.resource().name()));
          written.add(update.resource());
        }
      }
    }
  }

  @Test
  void randomProgramsOnRandomDevicesKeepEveryBit() {
    int parts = 0;
    for (long seed = 0; seed < 400; seed++) {
      Program program = RandomPrograms.program(seed);
      List<Literal> feeds = RandomPrograms.feeds(program, seed);
      Map<String, Literal> resources = RandomPrograms.resources(seed);
      Random random = new Random(seed);
      int count = 2 + random.nextInt(3);
      Map<String, String> homes = new HashMap<>();
      resources.keySet().forEach(r -> homes.put(r, "d:" + random.nextInt(count)));
      Partition.Result result =
          Partition.split(program, devices(program, random, count), homes, "d:0");
      String text = "seed " + seed + "\n" + program + "became\n" + result.cuts();
      ProgramRun got;
      try {
        requireOrder(result, homes);
        got = run(result, program, feeds, resources, seed % 2 == 0);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(text, e);
      }
      assertEquals(ProgramRun.interpret(program, feeds, resources), got, () -> text);
      parts += result.cuts().size();
    }
    assertTrue(parts > 1000, () -> "programs of several parts are what this is about");
  }
}
