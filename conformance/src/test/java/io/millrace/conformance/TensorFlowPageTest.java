package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Building;
import io.millrace.ops.Catalogue;
import io.millrace.ops.Ops;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/tensorflow.md} to the names of TensorFlow 1 and to the code. */
class TensorFlowPageTest {
  private static final Pattern QUOTED = Pattern.compile("`([\\w.]+)`");
  private static final String RAW = "tf.raw_ops.";
  private static final List<String> PACKAGES =
      List.of("io.millrace.", "io.millrace.type.", "io.millrace.ops.", "io.millrace.io.");

  /** What TensorFlow has: the Java names beside each name, none where it is not yet there. */
  private final TreeMap<String, List<String>> names = new TreeMap<>();

  private final Set<String> raw = new TreeSet<>();
  private final Set<String> onlyInJava = new TreeSet<>();

  TensorFlowPageTest() throws IOException {
    boolean java = false;
    boolean yet = true;
    for (String line : Files.readAllLines(Path.of("../docs/tensorflow.md"))) {
      java |= line.equals("## In Java only");
      yet = !line.startsWith("Not yet") && (yet || line.isEmpty() || line.startsWith("#"));
      if (line.startsWith("#")) {
        continue;
      }
      List<String> quoted = quoted(line);
      if (java) {
        onlyInJava.addAll(quoted);
      } else if (line.startsWith("| `")) {
        names.put(quoted.get(0), quoted.subList(1, quoted.size()));
      } else {
        for (String name : quoted) {
          if (name.startsWith("tf.") && !name.equals("tf.compat.v1")) {
            names.put(name, List.of());
            if (yet && name.startsWith(RAW)) {
              raw.add(name.substring(RAW.length()));
            }
          }
        }
      }
    }
  }

  private static List<String> quoted(String line) {
    Matcher matcher = QUOTED.matcher(line);
    return matcher.results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyNameOfTensorFlowIsThereAndNoOther() throws IOException {
    Path list = Path.of("src/test/resources/tensorflow1-names.txt");
    assertEquals(new TreeSet<>(Files.readAllLines(list)), names.keySet());
  }

  @Test
  void everyOperationIsThereByName() {
    for (String name : names.keySet()) {
      if (name.startsWith(RAW)) {
        String operation = name.substring(RAW.length());
        assertEquals(Catalogue.prototype(operation).isPresent(), raw.contains(operation), name);
      }
    }
  }

  @Test
  void everyJavaNameExists() {
    Stream.concat(names.values().stream().flatMap(List::stream), onlyInJava.stream())
        .forEach(name -> assertTrue(exists(name), name + " does not exist"));
  }

  @Test
  void everyWordOfTheFacadeIsThere() {
    Set<String> mentioned = new TreeSet<>(onlyInJava);
    names.values().forEach(mentioned::addAll);
    Set<String> words = words("tf", Ops.class);
    views().forEach(view -> words.addAll(words("tf." + view.getName(), view.getType())));
    words.removeAll(mentioned);
    assertEquals(Set.of(), words);
  }

  private static Stream<Field> views() {
    return Arrays.stream(Ops.class.getFields()).filter(f -> !Modifier.isStatic(f.getModifiers()));
  }

  private static Set<String> words(String prefix, Class<?> facade) {
    Set<String> helpers =
        Arrays.stream(Building.class.getMethods()).map(Method::getName).collect(Collectors.toSet());
    return Arrays.stream(facade.getMethods())
        .filter(m -> m.getDeclaringClass() != Object.class && !Modifier.isStatic(m.getModifiers()))
        .map(Method::getName)
        .filter(name -> !helpers.contains(name))
        .map(name -> prefix + "." + name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean exists(String name) {
    String[] parts = name.split("\\.", -1);
    if (!parts[0].equals("tf")) {
      Optional<Class<?>> found =
          PACKAGES.stream().flatMap(p -> load(p + parts[0]).stream()).findFirst();
      return found.isPresent() && (parts.length == 1 || has(found.get(), parts[1]));
    }
    if (parts.length == 2) {
      return has(Ops.class, parts[1]);
    }
    return views()
        .anyMatch(view -> view.getName().equals(parts[1]) && has(view.getType(), parts[2]));
  }

  private static Optional<Class<?>> load(String name) {
    try {
      return Optional.of(Class.forName(name));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  private static boolean has(Class<?> type, String member) {
    return Stream.<Member>concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields()))
        .anyMatch(m -> m.getName().equals(member));
  }
}
