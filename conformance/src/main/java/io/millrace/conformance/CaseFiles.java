package io.millrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files of one case, which all lie in its folder. */
record CaseFiles(Path folder) {
  private static final long MOST_BYTES = 1L << 30;

  /**
   * Returns what a file holds.
   *
   * @throws IOException if it is missing, not in this folder, unreadable or larger than 1 GiB
   */
  byte[] bytes(String name) throws IOException {
    Path file;
    try {
      file = folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new BrokenCaseException(name, "is not a file's name", e);
    }
    if (!folder.equals(file.getParent())) {
      throw new BrokenCaseException(name, "does not name a file in the case's own folder");
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new BrokenCaseException(name, "has " + Files.size(file) + " bytes, too many to read");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new BrokenCaseException(name, "is missing", e);
    }
  }
}
