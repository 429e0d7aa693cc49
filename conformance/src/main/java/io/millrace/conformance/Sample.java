package io.millrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Chooses a few small cases of every operation among those that pass, and copies them.
 *
 * <p>Of an operation or optimizer these are a case with a gradient that is neither the smallest nor
 * the largest, the smallest that must fail, and the smallest others up to three in all; of
 * everything that is composed of operations, the smallest alone.
 */
final class Sample {
  private static final int MOST = 3;

  /** When every file in an archive was written; before 1980 zip knows no time. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

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
   * Writes the chosen cases into a folder, an archive for each group, in place of the cases there.
   *
   * @return what was written, in words
   * @throws IOException if files cannot be read or written
   */
  String write(Path target) throws IOException {
    clear(target);
    SortedMap<String, SortedMap<String, Path>> groups = new TreeMap<>();
    int cases = 0;
    long bytes = 0;
    for (List<Candidate> candidates : passed.values()) {
      for (Candidate chosen : choose(candidates)) {
        cases++;
        bytes += chosen.bytes();
        String name = chosen.entry().name();
        int slash = name.indexOf('/');
        String group = slash < 0 ? name : name.substring(0, slash);
        for (Path file : files(chosen.entry().folder())) {
          groups
              .computeIfAbsent(group, key -> new TreeMap<>())
              .put((name + "/" + file.getFileName()).substring(group.length() + 1), file);
        }
      }
    }
    for (Map.Entry<String, SortedMap<String, Path>> group : groups.entrySet()) {
      archive(group.getValue(), target.resolve(group.getKey() + CaseFolders.ARCHIVE));
    }
    return cases + " cases of " + bytes / 1000 + " kB are in " + target;
  }

  /**
   * Writes files into an archive, whose bytes depend on nothing else: neither on the clock nor on
   * the library that compresses. What keeps archives compresses them better, over files and
   * versions.
   */
  private static void archive(SortedMap<String, Path> files, Path target) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        byte[] bytes = Files.readAllBytes(file.getValue());
        CRC32 sum = new CRC32();
        sum.update(bytes);
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(TIME);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
      }
    }
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
    List<Path> paths;
    try (Stream<Path> all = Files.walk(Files.createDirectories(target))) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : paths) {
      if (CaseFolders.isArchive(path)) {
        deleteArchive(path);
      } else if (Files.isDirectory(path)) {
        deleteFolder(path);
      }
    }
    Files.createDirectories(target);
  }

  private static void deleteArchive(Path archive) throws IOException {
    boolean holdsCases;
    try (CaseFolders folders = CaseFolders.below(archive)) {
      holdsCases = !folders.found().isEmpty();
    }
    if (holdsCases) {
      Files.delete(archive);
    }
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.exists(folder.resolve(CaseReader.FILE))) {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      if (left.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(folder);
  }
}
