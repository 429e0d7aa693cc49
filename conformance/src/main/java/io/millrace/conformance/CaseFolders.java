package io.millrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * The folders of cases below a folder, where a zip archive stands for a folder of its name.
 *
 * <p>Archives are read where they lie, until this is closed.
 */
final class CaseFolders implements AutoCloseable {
  /** How the name of an archive of cases ends. */
  static final String ARCHIVE = ".zip";

  /**
   * The folder of a case.
   *
   * @param name its path from the folder that was searched
   * @param path where it is, perhaps in an archive
   */
  record Found(String name, Path path) {}

  private final List<Found> found = new ArrayList<>();
  private final List<FileSystem> archives = new ArrayList<>();

  private CaseFolders() {}

  /**
   * Finds the cases below a folder or in an archive.
   *
   * @throws IOException if there is no such folder, or something in it cannot be read
   */
  static CaseFolders below(Path root) throws IOException {
    CaseFolders folders = new CaseFolders();
    try {
      Path real = root.toRealPath();
      folders.search("", isArchive(real) ? folders.open(real) : real);
      return folders;
    } catch (IOException e) {
      folders.close();
      throw e;
    } catch (UncheckedIOException e) {
      folders.close();
      throw e.getCause();
    }
  }

  /** Returns whether there is a file of an archive's name. */
  static boolean isArchive(Path file) {
    return file.toString().endsWith(ARCHIVE) && Files.isRegularFile(file);
  }

  private void search(String prefix, Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) below::iterator) {
        String name = prefix + folder.relativize(path).toString().replace('\\', '/');
        if (isArchive(path)) {
          search(name.substring(0, name.length() - ARCHIVE.length()) + "/", open(path));
        } else if (Files.exists(path.resolve(CaseReader.FILE))) {
          found.add(new Found(name.isEmpty() ? folder.getFileName() + "" : name, path));
        }
      }
    }
  }

  private Path open(Path archive) throws IOException {
    try {
      FileSystem opened = FileSystems.newFileSystem(archive);
      archives.add(opened);
      return opened.getPath("/");
    } catch (ZipException e) {
      throw new BrokenCaseException(archive.toString(), "is not a zip archive", e);
    }
  }

  /** Returns what was found. */
  List<Found> found() {
    return found;
  }

  /** Closes the archives. */
  @Override
  public void close() {
    try {
      for (FileSystem archive : archives) {
        archive.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
