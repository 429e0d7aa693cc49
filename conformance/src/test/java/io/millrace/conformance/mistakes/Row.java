package io.millrace.conformance.mistakes;

import io.millrace.Session;
import io.millrace.SessionOptions;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mistake as it stands in its source file.
 *
 * @param method what makes it
 * @param code its lines, without the indentation that all have
 * @param first the number of the first of them in the file
 */
record Row(Method method, List<String> code, int first) {
  private static final Path SOURCES = Path.of("src/test/java");
  private static final Pattern METHOD = Pattern.compile("  void (\\w+)\\(\\).*\\{");
  private static final Pattern LINE = Pattern.compile("([\\w.$]+)\\((\\w+\\.java):(-?\\d+)\\)");

  /** What is said of devices that not every machine has. */
  private static final Pattern HARDWARE =
      Pattern.compile("(?m)(?<=^  cuda: ).*$|(?<=it runs on )\\S+(?= instead)");

  private static final String INDENTATION = "    ";

  /** What came of a mistake: the exception, and what was left behind. */
  record Outcome(Throwable thrown, Mistakes after) {}

  /** Returns the mistakes of a class in the order of its source file. */
  static List<Row> of(Class<? extends Mistakes> type) throws IOException {
    Path file = SOURCES.resolve(type.getName().replace('.', '/') + ".java");
    List<String> lines = Files.readAllLines(file);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher matcher = METHOD.matcher(lines.get(i));
      if (matcher.matches()) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("  }");
        List<String> code = lines.subList(i + 1, end).stream().map(Row::unindented).toList();
        rows.add(new Row(method(type, matcher.group(1)), code, i + 2));
      }
    }
    return rows;
  }

  private static String unindented(String line) {
    return line.startsWith(INDENTATION) ? line.substring(INDENTATION.length()) : line;
  }

  private static Method method(Class<?> type, String name) {
    try {
      return type.getDeclaredMethod(name);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  String title() {
    return method.getAnnotation(Mistake.class).value();
  }

  String instead() {
    return method.getAnnotation(Mistake.class).instead();
  }

  /** Makes the mistake in a session on a device. */
  Outcome make(String device) throws ReflectiveOperationException {
    Constructor<?> constructor = method.getDeclaringClass().getDeclaredConstructor();
    Mistakes mistakes = (Mistakes) constructor.newInstance();
    mistakes.session = new Session(mistakes.graph, SessionOptions.defaults().device(device));
    try {
      method.invoke(mistakes);
    } catch (InvocationTargetException e) {
      return new Outcome(e.getCause(), mistakes);
    } finally {
      Thread.interrupted();
    }
    return new Outcome(new AssertionError("nothing is wrong"), mistakes);
  }

  /**
   * Returns an exception's message as it is on every machine, with the lines of the user's program
   * as the page counts them.
   */
  String told(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return LINE.matcher(HARDWARE.matcher(message).replaceAll("..."))
        .replaceAll(
            line ->
                isMine(line.group(1), line.group(2))
                    ? "Main.main(Main.java:" + (Integer.parseInt(line.group(3)) - first + 1) + ")"
                    : Matcher.quoteReplacement(line.group()));
  }

  private boolean isMine(String place, String file) {
    Class<?> type = method.getDeclaringClass();
    return place.startsWith(type.getName() + ".") && file.equals(type.getSimpleName() + ".java");
  }

  @Override
  public String toString() {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }
}
