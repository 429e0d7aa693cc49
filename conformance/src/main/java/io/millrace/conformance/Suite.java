package io.millrace.conformance;

import io.millrace.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The cases below a folder, sorted by name, and how they are run. */
final class Suite implements AutoCloseable {

  /**
   * A case that was found.
   *
   * @param name its name; the folder's, if its file cannot be read
   * @param kind its kind; empty if its file cannot be read
   * @param operation the operation it is about; empty if its file cannot be read
   * @param folder where it is
   */
  record Entry(String name, String kind, String operation, Path folder) {}

  /** Hears of each case, in their order. */
  interface Listener {
    /** Hears what came of a case. */
    void hear(Entry entry, Verdict verdict) throws IOException;
  }

  private final CaseFolders folders;
  private final List<Entry> entries;

  private Suite(CaseFolders folders, List<Entry> entries) {
    this.folders = folders;
    this.entries = entries;
  }

  /**
   * Finds the cases that a command wants.
   *
   * @throws WrongUsageException if the folder is missing, or there are none
   */
  static Suite find(Command command) throws WrongUsageException {
    Path root = command.folder();
    if (!Files.isDirectory(root) && !CaseFolders.isArchive(root)) {
      throw new WrongUsageException("there is no folder " + root);
    }
    CaseFolders folders;
    try {
      folders = CaseFolders.below(root);
    } catch (IOException e) {
      throw new WrongUsageException("cannot read the folder " + root + " (" + e + ")");
    }
    List<Entry> entries =
        folders.found().stream()
            .map(Suite::entry)
            .filter(entry -> command.wants(entry.name()))
            .sorted(Comparator.comparing(Entry::name))
            .toList();
    Suite suite = new Suite(folders, entries);
    if (entries.isEmpty()) {
      suite.close();
      throw new WrongUsageException(
          root
              + (command.patterns().isEmpty()
                  ? " holds no case: there is no " + CaseReader.FILE + " in it"
                  : " holds no case with such a name: " + String.join(", ", command.patterns())));
    }
    return suite;
  }

  private static Entry entry(CaseFolders.Found folder) {
    try {
      CaseReader reader = CaseReader.open(folder.path());
      return new Entry(reader.name(), reader.kind(), reader.operation(), folder.path());
    } catch (IOException e) {
      return new Entry(folder.name(), "", "", folder.path());
    }
  }

  /** Returns the cases. */
  List<Entry> entries() {
    return entries;
  }

  /**
   * Runs all cases, several at once, and tells of them in their order.
   *
   * @param threads how many run at once
   * @throws IOException what the listener throws
   */
  void run(SessionOptions options, int threads, Listener listener) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Verdict>> verdicts = new ArrayList<>();
      for (Entry entry : entries) {
        verdicts.add(workers.submit(() -> run(entry, options)));
      }
      for (int i = 0; i < entries.size(); i++) {
        listener.hear(entries.get(i), verdicts.get(i).get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Runs one case. */
  static Verdict run(Entry entry, SessionOptions options) {
    try {
      return CaseRun.of(CaseReader.open(entry.folder()).read(), options);
    } catch (IOException e) {
      return Verdict.failed("reading the case", e);
    }
  }

  /** Closes the archives; the cases in them can no longer be read. */
  @Override
  public void close() {
    folders.close();
  }
}
