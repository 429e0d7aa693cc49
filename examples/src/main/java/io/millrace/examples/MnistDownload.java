package io.millrace.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Downloads files of known size and digest, and continues where an earlier attempt broke off.
 *
 * <p>A file arrives as {@code NAME.part} and gets its name only once its SHA-256 is right, so a
 * file under its own name is complete. When a connection breaks, the part is kept, and the next
 * attempt asks for the rest with a Range request; three attempts in a row are made.
 */
final class MnistDownload {
  /** The four files of the MNIST database. */
  static final List<RemoteFile> ORIGINALS =
      List.of(
          new RemoteFile(
              "train-images-idx3-ubyte.gz",
              9_912_422,
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
          new RemoteFile(
              "train-labels-idx1-ubyte.gz",
              28_881,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
          new RemoteFile(
              "t10k-images-idx3-ubyte.gz",
              1_648_877,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
          new RemoteFile(
              "t10k-labels-idx1-ubyte.gz",
              4_542,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));

  private static final List<String> SCHEMES = List.of("http", "https");
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int ATTEMPTS = 3;
  private static final int CHUNK = 1 << 16;
  private static final int CONNECT_MILLIS = 15_000;
  private static final int READ_MILLIS = 30_000;

  /**
   * Names a file to download and what it must be.
   *
   * @param name the file's name, both below the base address and in the directory
   * @param bytes its size
   * @param sha256 its SHA-256 in lower-case hexadecimal
   */
  record RemoteFile(String name, long bytes, String sha256) {}

  /** Hears how far a download has come. */
  @FunctionalInterface
  interface Listener {
    /** Is called after each piece with the file's name and how many of its bytes have arrived. */
    void progress(String file, long done, long total);
  }

  private final URI base;
  private final Path dir;
  private final Listener listener;

  /**
   * Prepares a download; nothing happens before {@link #fetch}.
   *
   * @param base the address under which the files lie
   * @param dir where to put the files; created if it does not exist
   * @throws IllegalArgumentException if the address is not an http or https one
   */
  MnistDownload(URI base, Path dir, Listener listener) {
    if (!SCHEMES.contains(String.valueOf(base.getScheme()))) {
      throw new IllegalArgumentException(base + " is not an http or https address");
    }
    this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
    this.dir = dir;
    this.listener = listener;
  }

  /**
   * Downloads those of the files that the directory lacks.
   *
   * @throws DataFileException if a server does not deliver a file, or a file, new or already there,
   *     does not have its SHA-256; a new one is then deleted, one that was there is left alone
   * @throws IOException if the directory cannot be written
   */
  void fetch(List<RemoteFile> files) throws IOException {
    Files.createDirectories(dir);
    for (RemoteFile file : files) {
      Path target = dir.resolve(file.name());
      if (Files.exists(target)) {
        checkExisting(file, target);
      } else {
        fetch(file, target);
      }
    }
  }

  private static void checkExisting(RemoteFile file, Path target) throws IOException {
    String actual = sha256(target);
    if (!actual.equals(file.sha256())) {
      throw new DataFileException(
          target.toString(),
          wrongDigest(file, actual) + "; delete the file to have it downloaded again");
    }
  }

  private void fetch(RemoteFile file, Path target) throws IOException {
    Path part = dir.resolve(file.name() + ".part");
    for (int attempt = 1; size(part) < file.bytes(); attempt++) {
      try {
        transfer(file, part);
      } catch (DataFileException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new DataFileException(
              address(file).toString(),
              String.format(
                  Locale.ROOT,
                  "the download broke off after %d of %d bytes (%s); run again to continue",
                  size(part),
                  file.bytes(),
                  e),
              e);
        }
      }
    }
    String actual = sha256(part);
    if (!actual.equals(file.sha256())) {
      Files.delete(part);
      throw new DataFileException(
          address(file).toString(), wrongDigest(file, actual) + "; the download was deleted");
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Downloads what the part lacks; an IOException other than DataFileException is worth a retry.
   */
  private void transfer(RemoteFile file, Path part) throws IOException {
    long present = size(part);
    HttpURLConnection connection = (HttpURLConnection) address(file).toURL().openConnection();
    try {
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setRequestProperty("Accept-Encoding", "identity");
      if (present > 0) {
        connection.setRequestProperty("Range", "bytes=" + present + "-");
      }
      int status = connection.getResponseCode();
      boolean rest = status == HttpURLConnection.HTTP_PARTIAL;
      if (status == RANGE_NOT_SATISFIABLE || (rest && !continues(connection, present))) {
        Files.deleteIfExists(part);
        throw new IOException("the server has no such range");
      }
      if (!rest && status != HttpURLConnection.HTTP_OK) {
        throw new DataFileException(
            address(file).toString(), "expected HTTP status 200, the server answered " + status);
      }
      try (InputStream in = connection.getInputStream();
          OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, mode(rest))) {
        copy(file, in, out, rest ? present : 0);
      }
    } finally {
      connection.disconnect();
    }
  }

  private static boolean continues(HttpURLConnection connection, long present) {
    String range = connection.getHeaderField("Content-Range");
    return range != null && range.startsWith("bytes " + present + "-");
  }

  private static StandardOpenOption mode(boolean append) {
    return append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
  }

  private void copy(RemoteFile file, InputStream in, OutputStream out, long present)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    long done = present;
    listener.progress(file.name(), done, file.bytes());
    // One byte too many is enough to make the digest wrong, so no more than that is stored.
    while (done <= file.bytes()) {
      int read = in.read(chunk, 0, (int) Math.min(chunk.length, file.bytes() + 1 - done));
      if (read < 0) {
        break;
      }
      out.write(chunk, 0, read);
      done += read;
      listener.progress(file.name(), Math.min(done, file.bytes()), file.bytes());
    }
    if (done < file.bytes()) {
      throw new IOException("the connection ended early");
    }
  }

  private URI address(RemoteFile file) {
    return base.resolve(file.name());
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private static String wrongDigest(RemoteFile file, String actual) {
    return "wrong SHA-256: expected " + file.sha256() + ", actual " + actual;
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
