package io.millrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Chooses a few small cases of every operation among those that pass, and copies them.
 *
 * <p>Of an operation or optimizer these are a case with a gradient that is neither the smallest nor
 * the largest, the smallest that must fail, and the smallest others up to three in all; of
 * everything that is composed of operations, the smallest alone.
 */
final class Sample {
  private static final int MOST = 3;

  /** The kinds of which there are several cases of one operation in the sample. */
  private static final Set<String> SEVERAL = Set.of("op", "runs", "trajectory");

  /** A case that may be chosen. */
  private record Candidate(Suite.Entry entry, Case recorded, long bytes) {}

  private final Map<String, List<Candidate>> passed = new LinkedHashMap<>();

  /**
   * Takes a passing case.
   *
   * @throws IOException if it cannot be read
   */
  void add(Suite.Entry entry) throws IOException {
    Case recorded = CaseReader.open(entry.folder()).read();
    long bytes = 0;
    for (Path file : files(entry.folder())) {
      bytes += Files.size(file);
    }
    passed
        .computeIfAbsent(entry.kind() + " " + entry.operation(), key -> new ArrayList<>())
        .add(new Candidate(entry, recorded, bytes));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /**
   * Writes the chosen cases into a folder, in place of the cases there.
   *
   * @return what was written, in words
   * @throws IOException if files cannot be read or written
   */
  String write(Path target) throws IOException {
    clear(target);
    int cases = 0;
    long bytes = 0;
    for (List<Candidate> candidates : passed.values()) {
      for (Candidate chosen : choose(candidates)) {
        cases++;
        bytes += chosen.bytes();
        Path folder = Files.createDirectories(target.resolve(chosen.entry().name()));
        for (Path file : files(chosen.entry().folder())) {
          Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
        }
      }
    }
    return cases + " cases of " + bytes / 1000 + " kB are in " + target;
  }

  private static Set<Candidate> choose(List<Candidate> candidates) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparingLong(Candidate::bytes).thenComparing(c -> c.entry().name()));
    List<Candidate> withGradient =
        sorted.stream().filter(c -> !c.recorded().gradients().isEmpty()).toList();
    boolean several = SEVERAL.contains(sorted.get(0).entry().kind());
    Set<Candidate> chosen = new LinkedHashSet<>();
    if (several && !withGradient.isEmpty()) {
      chosen.add(withGradient.get(withGradient.size() / 2));
    }
    if (several) {
      sorted.stream().filter(c -> c.recorded().mayNotBuild()).findFirst().ifPresent(chosen::add);
    }
    for (Candidate candidate : sorted) {
      if (chosen.size() < (several ? MOST : 1)) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  /** Deletes the cases below a folder, and the folders that are empty without them. */
  private static void clear(Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return;
    }
    List<Path> folders;
    try (Stream<Path> all = Files.walk(target)) {
      folders = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path folder : folders) {
      if (Files.exists(folder.resolve(CaseReader.FILE))) {
        for (Path file : files(folder)) {
          Files.delete(file);
        }
      }
      try (Stream<Path> left = Files.list(folder)) {
        if (left.findAny().isPresent()) {
          continue;
        }
      }
      Files.delete(folder);
    }
  }
}
