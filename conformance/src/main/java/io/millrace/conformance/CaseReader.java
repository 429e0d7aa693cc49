package io.millrace.conformance;

import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a case: {@code case.json} and the files beside it. */
final class CaseReader {
  /** The name of the file that makes a folder a case. */
  static final String FILE = "case.json";

  private static final int FORMAT = 1;
  private static final Pattern NAME = Pattern.compile("(?:\\w[\\w.-]*/)*\\w[\\w.-]*");

  private final CaseFiles files;
  private final Fields json;
  private final String name;
  private final String kind;
  private final String operation;

  private CaseReader(CaseFiles files, Fields json) throws BrokenCaseException {
    this.files = files;
    this.json = json;
    name = json.text("name");
    if (!NAME.matcher(name).matches()) {
      throw json.broken("name", "must be like group/operation__variant");
    }
    kind = json.text("kind");
    operation = json.text("op");
  }

  /**
   * Opens the case in a folder; what is in it is not read yet.
   *
   * @throws IOException if a file cannot be read, or is not what it should be
   */
  static CaseReader open(Path folder) throws IOException {
    CaseFiles files = new CaseFiles(folder);
    Fields json = Fields.parse(FILE, new String(files.bytes(FILE), StandardCharsets.UTF_8));
    if (json.count("format") != FORMAT) {
      throw json.broken("format", "must be " + FORMAT + ": other formats are not known here");
    }
    return new CaseReader(files, json);
  }

  /** Returns the name of the case. */
  String name() {
    return name;
  }

  /** Returns the kind of case. */
  String kind() {
    return kind;
  }

  /** Returns the operation that the case is about, or what is composed of several. */
  String operation() {
    return operation;
  }

  /**
   * Reads the whole case.
   *
   * @throws IOException if a file cannot be read, or is not what it should be
   */
  Case read() throws IOException {
    List<RecordedStep> steps =
        switch (kind) {
          case "op", "graph" -> List.of(step("", json));
          case "runs" -> runs();
          case "trajectory" -> trajectory();
          case "schedule" -> schedule();
          case "moving_average" -> movingAverage();
          default -> throw json.broken("kind", "is not known: '" + kind + "'");
        };
    return new Case(name, files, gradients(), steps);
  }

  private RecordedStep step(String when, Fields run) throws IOException {
    Map<String, Literal> feeds = new LinkedHashMap<>();
    for (Fields input : run.objects("inputs")) {
      feeds.put(input.text("node"), value(input));
    }
    Optional<String> error = run.optionalText("expect_error");
    if (error.isPresent() && run.has("error_message")) {
      error = Optional.of(error.get() + ": " + run.text("error_message"));
    }
    List<String> fetches = new ArrayList<>();
    List<Expectation> expected = new ArrayList<>();
    for (Fields output : run.objects("outputs")) {
      fetches.add(output.text("node"));
      if (error.isEmpty()) {
        expected.add(expectation("output " + output.text("node"), output, value(output)));
      }
    }
    List<String> targets = run.has("targets") ? run.texts("targets") : List.of();
    return new RecordedStep(when, feeds, targets, fetches, expected, error);
  }

  private List<ExpectedGradients> gradients() throws IOException {
    Map<String, Literal> weights = new LinkedHashMap<>();
    for (Fields weight : json.objects("grad_ys")) {
      weights.put(weight.text("node"), value(weight));
    }
    Map<List<String>, List<Fields>> together = new LinkedHashMap<>();
    for (Fields gradient : json.objects("gradients")) {
      together.computeIfAbsent(gradient.texts("of"), of -> new ArrayList<>()).add(gradient);
    }
    List<ExpectedGradients> gradients = new ArrayList<>();
    for (Map.Entry<List<String>, List<Fields>> entry : together.entrySet()) {
      List<Literal> ofEach = new ArrayList<>();
      for (String of : entry.getKey()) {
        Literal weight = weights.get(of);
        if (weight == null) {
          throw json.broken("grad_ys", "has no entry for " + of);
        }
        ofEach.add(weight);
      }
      List<String> wrt = new ArrayList<>();
      List<Optional<Expectation>> expected = new ArrayList<>();
      for (Fields gradient : entry.getValue()) {
        String node = gradient.text("wrt");
        wrt.add(node);
        expected.add(
            gradient.has("file")
                ? Optional.of(expectation("gradient for " + node, gradient, value(gradient)))
                : Optional.empty());
      }
      gradients.add(new ExpectedGradients(entry.getKey(), ofEach, wrt, expected));
    }
    return gradients;
  }

  private List<RecordedStep> runs() throws IOException {
    List<RecordedStep> steps = new ArrayList<>();
    for (Fields run : json.objects("runs")) {
      steps.add(step("run " + steps.size(), run));
    }
    return steps;
  }

  private List<RecordedStep> trajectory() throws IOException {
    Stack loss = stack(json.object("loss"));
    List<Stack> feeds = stacks("feeds");
    List<Stack> state = stacks("variables");
    state.addAll(stacks("slots"));
    state.addAll(stacks("scalars"));
    List<RecordedStep> steps = new ArrayList<>();
    steps.add(target("init", Map.of()));
    steps.add(fetch("before training", Map.of(), state, 0));
    for (int i = 0; i < json.count("steps"); i++) {
      String when = "step " + (i + 1);
      Map<String, Literal> fed = feeds(feeds, i);
      RecordedStep fetched = fetch(when, fed, List.of(loss), i);
      steps.add(
          new RecordedStep(
              when,
              fed,
              List.of(json.text("train")),
              fetched.fetches(),
              fetched.expected(),
              Optional.empty()));
      steps.add(fetch("after " + when, Map.of(), state, i + 1));
    }
    return steps;
  }

  private List<RecordedStep> schedule() throws IOException {
    Stack at = stack(json.object("steps"));
    Stack values = stack(json.object("values"));
    List<RecordedStep> steps = new ArrayList<>();
    for (int i = 0; i < at.size(); i++) {
      Map<String, Literal> fed = feeds(List.of(at), i);
      steps.add(fetch("at step " + at.slice(i).getLong(0), fed, List.of(values), i));
    }
    return steps;
  }

  private List<RecordedStep> movingAverage() throws IOException {
    List<Stack> feeds = new ArrayList<>(List.of(stack(json.object("values"))));
    if (json.has("num_updates")) {
      feeds.add(stack(json.object("num_updates")));
    }
    List<Stack> shadow = List.of(stack(json.object("shadow")));
    List<RecordedStep> steps = new ArrayList<>();
    steps.add(target("init", Map.of()));
    steps.add(fetch("before any update", Map.of(), shadow, 0));
    for (int i = 0; i < json.count("steps"); i++) {
      steps.add(target("update", feeds(feeds, i)));
      steps.add(fetch("after update " + (i + 1), Map.of(), shadow, i + 1));
    }
    return steps;
  }

  private RecordedStep target(String field, Map<String, Literal> feeds) throws BrokenCaseException {
    return new RecordedStep(
        field, feeds, List.of(json.text(field)), List.of(), List.of(), Optional.empty());
  }

  private static RecordedStep fetch(
      String when, Map<String, Literal> feeds, List<Stack> wanted, int index)
      throws BrokenCaseException {
    List<Expectation> expected = new ArrayList<>();
    for (Stack stack : wanted) {
      expected.add(new Expectation(stack.node(), stack.slice(index), stack.tolerance()));
    }
    List<String> fetches = wanted.stream().map(Stack::node).toList();
    return new RecordedStep(when, feeds, List.of(), fetches, expected, Optional.empty());
  }

  private static Map<String, Literal> feeds(List<Stack> stacks, int index)
      throws BrokenCaseException {
    Map<String, Literal> feeds = new LinkedHashMap<>();
    for (Stack stack : stacks) {
      feeds.put(stack.node(), stack.slice(index));
    }
    return feeds;
  }

  private List<Stack> stacks(String field) throws IOException {
    List<Stack> stacks = new ArrayList<>();
    for (Fields entry : json.objects(field)) {
      stacks.add(stack(entry));
    }
    return stacks;
  }

  private Stack stack(Fields entry) throws IOException {
    return new Stack(entry.text("node"), entry.text("file"), value(entry), tolerance(entry));
  }

  private static Expectation expectation(String tensor, Fields entry, Literal value)
      throws BrokenCaseException {
    return new Expectation(tensor, value, tolerance(entry));
  }

  private static Tolerance tolerance(Fields entry) throws BrokenCaseException {
    return new Tolerance(entry.number("rtol", 0), entry.number("atol", 0));
  }

  /** Reads an entry's file, which must have the type that the entry says. */
  private Literal value(Fields entry) throws IOException {
    String file = entry.text("file");
    Literal value = NpyFile.read(file, files.bytes(file));
    TensorType type = value.type();
    long[] shape = entry.counts("shape");
    if (!type.dtype().toString().equals(entry.text("dtype"))
        || !Arrays.equals(shape, type.shape().dims())) {
      throw entry.broken(
          "file",
          "names " + file + ", which is " + type + ", not what dtype and shape say beside it");
    }
    return value;
  }
}
