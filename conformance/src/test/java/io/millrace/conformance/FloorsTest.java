package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.millrace.MillraceException;
import io.millrace.Runner;
import io.millrace.Session;
import io.millrace.State;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the house to its floors: whatever stands on one knows only those below it.
 *
 * <p>A floor is a package, or several that cannot do without each other: a graph is made of
 * operations, which add to graphs; and the gradient of an operation is written with the words that
 * all operations together are.
 */
class FloorsTest {
  private static final int MOST_FILES = 40;

  private static final Map<String, Floor> FLOORS = floors();
  private static JavaClasses classes;

  private record Floor(Predicate<JavaClass> holds, Set<String> below) {}

  private static Map<String, Floor> floors() {
    Predicate<JavaClass> root = in("io.millrace");
    Predicate<JavaClass> exceptions = root.and(c -> c.isAssignableTo(MillraceException.class));
    Predicate<JavaClass> api =
        c -> is(c, Session.class) || is(c, State.class) || is(c, Runner.class);

    Map<String, Floor> floors = new LinkedHashMap<>();
    add(floors, "exceptions", exceptions);
    add(floors, "types", in("io.millrace.type"), "exceptions");
    add(floors, "primitives", in("io.millrace.ir"), "types");
    add(floors, "contract with devices", in("io.millrace.spi"), "primitives");
    add(floors, "host", in("io.millrace.host"), "contract with devices");
    add(floors, "reference device", in("io.millrace.reference"), "contract with devices");
    add(floors, "idle device", in("io.millrace.idle"), "contract with devices");
    add(
        floors,
        "graph",
        root.and(exceptions.or(api).negate()).or(in("io.millrace.op")),
        "host",
        "reference device");
    add(floors, "passes", in("io.millrace.compiler.passes"), "reference device");
    add(floors, "planning", in("io.millrace.compiler.planning"), "passes");
    add(floors, "lowering", in("io.millrace.compiler.lowering"), "graph");
    add(floors, "compiler", in("io.millrace.compiler"), "lowering", "planning");
    add(floors, "inner session", in("io.millrace.session"), "compiler");
    add(floors, "session", api, "inner session");

    add(floors, "building", in("io.millrace.ops.building"), "graph");
    add(floors, "operations", under("io.millrace.ops"), "building");
    add(floors, "files", under("io.millrace.io"), "operations", "session");

    add(floors, "workers", in("io.millrace.cpu.workers"), "contract with devices");
    add(floors, "loops", in("io.millrace.cpu.loops"), "workers");
    add(floors, "kernels", in("io.millrace.cpu.kernels"), "loops");
    add(floors, "cpu device", in("io.millrace.cpu.device"), "kernels");
    add(floors, "cpu backend", in("io.millrace.cpu"), "cpu device");

    add(floors, "commands", in("io.millrace.cuda.command"), "contract with devices");
    add(floors, "loop texts", in("io.millrace.cuda.loops"), "commands");
    add(floors, "kernel texts", in("io.millrace.cuda.kernels"), "loop texts");
    add(floors, "device programs", in("io.millrace.cuda.program"), "kernel texts");
    add(floors, "libraries", in("io.millrace.cuda.libraries"), "commands");
    add(floors, "driver", in("io.millrace.cuda.driver"), "libraries");
    add(floors, "cuda device", in("io.millrace.cuda.device"), "driver", "device programs");
    add(floors, "cuda backend", in("io.millrace.cuda"), "cuda device");
    add(floors, "referee", in("io.millrace.conformance"), "files");
    return floors;
  }

  /** Adds a floor that rests on others, and so on all that those rest on. */
  private static void add(
      Map<String, Floor> floors, String name, Predicate<JavaClass> holds, String... restsOn) {
    Set<String> below = new LinkedHashSet<>();
    for (String other : restsOn) {
      below.add(other);
      below.addAll(floors.get(other).below());
    }
    floors.put(name, new Floor(holds, below));
  }

  private static Predicate<JavaClass> in(String name) {
    return c -> c.getPackageName().equals(name);
  }

  private static Predicate<JavaClass> under(String name) {
    return in(name)
        .or(
            c ->
                c.getPackageName().startsWith(name + ".")
                    && !c.getPackageName().equals("io.millrace.ops.building"));
  }

  /** Returns whether a class is another or stands inside it. */
  private static boolean is(JavaClass nested, Class<?> outer) {
    return nested.getName().equals(outer.getName())
        || nested.getName().startsWith(outer.getName() + "$");
  }

  @BeforeAll
  static void findClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace");
  }

  private static List<String> floorsOf(JavaClass type) {
    return FLOORS.entrySet().stream()
        .filter(f -> f.getValue().holds().test(type))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("io.millrace")
        && !type.getSimpleName().equals("package-info")
        && !type.isArray();
  }

  @Test
  void everyClassStandsOnOneFloor() {
    Set<String> astray = new TreeSet<>();
    for (JavaClass type : classes) {
      if (isOurs(type) && floorsOf(type).size() != 1) {
        astray.add(type.getName() + " stands on " + floorsOf(type));
      }
    }
    assertEquals(Set.of(), astray);
  }

  @Test
  void everyArrowPointsDown() {
    Set<String> upward = new TreeSet<>();
    int seen = 0;
    for (JavaClass type : classes) {
      for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
        JavaClass target = arrow.getTargetClass().getBaseComponentType();
        if (isOurs(type) && isOurs(target)) {
          String from = floorsOf(type).get(0);
          String to = floorsOf(target).get(0);
          seen++;
          if (!from.equals(to) && !FLOORS.get(from).below().contains(to)) {
            upward.add(from + " -> " + to + ": " + type.getName() + " -> " + target.getName());
          }
        }
      }
    }
    assertEquals(Set.of(), upward);
    assertTrue(seen > 10_000, seen + " arrows are too few to have seen the house");
  }

  @Test
  void noPackageHasMoreFilesThanOneCanOversee() {
    Map<String, Set<String>> files = new TreeMap<>();
    for (JavaClass type : classes) {
      if (isOurs(type) && type.getSource().isPresent()) {
        String file = type.getSource().get().getFileName().orElse(type.getName());
        files.computeIfAbsent(type.getPackageName(), p -> new TreeSet<>()).add(file);
      }
    }
    files.values().removeIf(names -> names.size() <= MOST_FILES);
    assertEquals(Map.of(), files);
  }
}
