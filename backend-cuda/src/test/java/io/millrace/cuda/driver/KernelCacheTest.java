package io.millrace.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cuda.command.KernelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels on disk. */
class KernelCacheTest {
  private static final KernelSource SOURCE = new KernelSource("copy", false, "text");
  private static final byte[] CODE = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  private KernelCache cache(String fingerprint) {
    return new KernelCache(Optional.of(folder.resolve("kernels")), fingerprint);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("kernels"))) {
      return files.toList();
    }
  }

  @Test
  void givesWhatWasStored() throws IOException {
    cache("sm_90").store(SOURCE, CODE);
    assertArrayEquals(CODE, cache("sm_90").find(SOURCE).orElseThrow());
    assertEquals(1, files().size(), "no temporary file is left");
  }

  @Test
  void knowsKernelsBySourceFormAndCompiler() {
    cache("sm_90").store(SOURCE, CODE);
    assertTrue(cache("sm_80").find(SOURCE).isEmpty());
    assertTrue(cache("sm_90").find(new KernelSource("copy", true, "text")).isEmpty());
    assertTrue(cache("sm_90").find(new KernelSource("copy", false, "other")).isEmpty());
  }

  @Test
  void forgetsDamagedFiles() throws IOException {
    for (int length : new int[] {0, 10, 32, 36}) {
      KernelCache cache = cache("sm_90");
      cache.store(SOURCE, CODE);
      Path file = files().get(0);
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      assertTrue(cache.find(SOURCE).isEmpty(), length + " bytes");
      assertTrue(files().isEmpty(), "the damaged file is gone");
      cache.store(SOURCE, CODE);
      bytes[bytes.length - 1] ^= 1;
      Files.write(files().get(0), bytes);
      assertTrue(cache.find(SOURCE).isEmpty());
    }
  }

  @Test
  void doesWithoutAFolder() throws IOException {
    KernelCache none = new KernelCache(Optional.empty(), "sm_90");
    none.store(SOURCE, CODE);
    assertTrue(none.find(SOURCE).isEmpty());
    Path file = Files.createFile(folder.resolve("file"));
    KernelCache blocked = new KernelCache(Optional.of(file.resolve("kernels")), "sm_90");
    blocked.store(SOURCE, CODE);
    assertTrue(blocked.find(SOURCE).isEmpty());
  }
}
