package io.millrace.cuda.driver;

import io.millrace.cuda.command.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps compiled kernels on disk, by their source, the architecture and the compiler.
 *
 * <p>A cache that cannot be read or written is as good as none: kernels are compiled again.
 */
final class KernelCache {
  /** The property that names the folder; empty for no cache. */
  static final String FOLDER = "millrace.cuda.cache";

  private static final System.Logger LOG = System.getLogger("io.millrace.cuda");
  private static final String SUFFIX = ".cubin";
  private static final int DIGEST_BYTES = 32;
  private static final long LARGEST = 256L << 20;

  private final Optional<Path> folder;
  private final String fingerprint;

  /**
   * Opens a cache.
   *
   * @param folder where to keep kernels, made if it does not exist; absent for nowhere
   * @param fingerprint what besides the source decides the compiled kernel
   */
  KernelCache(Optional<Path> folder, String fingerprint) {
    this.folder = folder;
    this.fingerprint = fingerprint;
    folder.filter(Files::isDirectory).ifPresent(KernelCache::shrink);
  }

  /** Returns the folder that the user asked for, or the system's usual one. */
  static Optional<Path> usualFolder() {
    String asked = System.getProperty(FOLDER);
    if (asked != null) {
      return asked.isEmpty() ? Optional.empty() : Optional.of(Path.of(asked));
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    Path base =
        caches == null || caches.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(caches);
    return Optional.of(base.resolve("millrace").resolve("cuda"));
  }

  /** Returns a kernel as it was stored; none if it was not, or if the file is damaged. */
  Optional<byte[]> find(KernelSource source) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Path file = file(folder.get(), source);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > DIGEST_BYTES) {
        byte[] code = Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length);
        if (Arrays.equals(digest(code), Arrays.copyOf(bytes, DIGEST_BYTES))) {
          Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
          return Optional.of(code);
        }
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the kernel cache does not give " + file, e);
    }
    return Optional.empty();
  }

  /** Stores a compiled kernel. */
  void store(KernelSource source, byte[] code) {
    if (folder.isEmpty()) {
      return;
    }
    Path file = file(folder.get(), source);
    try {
      Files.createDirectories(folder.get());
      byte[] bytes = new byte[DIGEST_BYTES + code.length];
      System.arraycopy(digest(code), 0, bytes, 0, DIGEST_BYTES);
      System.arraycopy(code, 0, bytes, DIGEST_BYTES, code.length);
      // Others may read meanwhile: the file appears whole or not at all.
      Path part = Files.createTempFile(folder.get(), "new", ".part");
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the kernel cache does not take " + file, e);
    }
  }

  private Path file(Path within, KernelSource source) {
    byte[] key = digest((fingerprint + "\n" + source.whole()).getBytes(StandardCharsets.UTF_8));
    String name = HexFormat.of().formatHex(key, 0, 16);
    return within.resolve(source.name() + "-" + name + SUFFIX);
  }

  /** Removes the files unused for longest until the others are few enough. */
  private static void shrink(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Map<Path, FileTime> used = files.collect(Collectors.toMap(f -> f, KernelCache::lastUse));
      List<Path> newestFirst =
          used.keySet().stream()
              .sorted(Comparator.comparing((Path f) -> used.get(f)).reversed())
              .toList();
      long bytes = 0;
      for (Path file : newestFirst) {
        bytes += Files.size(file);
        if (bytes > LARGEST) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the kernel cache " + folder + " is not looked over", e);
    }
  }

  private static FileTime lastUse(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
