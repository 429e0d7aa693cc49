package io.millrace.cuda.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The device functions that all kernels may call. */
public final class Prelude {
  /** Their source, in CUDA C++. */
  public static final String TEXT = read();

  private Prelude() {}

  private static String read() {
    try (InputStream in = Prelude.class.getResourceAsStream("prelude.cuh")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
