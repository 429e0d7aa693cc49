package io.millrace.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the picture that an example draws goes. */
final class PictureFile {
  private PictureFile() {}

  /** Declares {@code --out FILE}. */
  static Options option(Options options, String name, String picture) {
    return options.path(
        "out", "FILE", "write the PNG of " + picture + " to FILE, not target/" + name + ".png");
  }

  /**
   * Returns the file; that it can be written is better known before the work.
   *
   * @throws UsageException if it cannot
   */
  static Path of(OptionValues options, String name) throws IOException, UsageException {
    if (options.path("out").isEmpty()) {
      // The launcher, which may be called from anywhere, says where the project is.
      Path project = Path.of(System.getProperty("millrace.root", "")).toAbsolutePath().normalize();
      Path file = Files.createDirectories(project.resolve("target")).resolve(name + ".png");
      Path here = Path.of("").toAbsolutePath();
      return file.startsWith(here) ? here.relativize(file) : file;
    }
    Path file = options.path("out").get();
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw UsageException.wrong("--out " + file + ": that is a folder, not a file");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw UsageException.wrong("--out " + file + ": there is no folder " + folder);
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw UsageException.wrong("--out " + file + ": it cannot be written");
    }
    return file;
  }
}
