package io.millrace.cuda;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.Prelude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Compiles kernels for the processor, with g++, and calls them. */
final class NativeKernels {
  private static final Path FOLDER =
      Path.of(System.getProperty("java.io.tmpdir"), "millrace-emulation");

  /** Kernels that are compiled in one go. */
  private static final int BATCH = 64;

  private static final List<String> OPTIONS =
      List.of("-std=c++17", "-O0", "-fno-strict-aliasing", "-fwrapv", "-fPIC", "-ffp-contract=off");

  private static final Optional<String> UNAVAILABLE = findUnavailable();
  private static final Map<KernelSource, Long> LOADED = new LinkedHashMap<>();
  private static boolean ready;

  /** Threads run in another order each time. */
  private static int calls;

  private NativeKernels() {}

  /** Returns why kernels cannot be compiled here. */
  static Optional<String> unavailable() {
    return UNAVAILABLE;
  }

  private static Optional<String> findUnavailable() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return Optional.of("kernels are emulated on x86-64 Linux only");
    }
    try {
      Process process = new ProcessBuilder("g++", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0 ? Optional.empty() : Optional.of("g++ does not run");
    } catch (IOException e) {
      return Optional.of("there is no g++ to compile kernels for the processor");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a handle for each kernel, compiling those that are new, all together. */
  static synchronized List<Long> load(List<KernelSource> sources) {
    List<KernelSource> fresh =
        sources.stream().distinct().filter(s -> !LOADED.containsKey(s)).toList();
    if (!fresh.isEmpty()) {
      prepare();
      String prefix = prefix().toString();
      List<List<KernelSource>> batches = new ArrayList<>();
      for (int i = 0; i < fresh.size(); i += BATCH) {
        batches.add(fresh.subList(i, Math.min(fresh.size(), i + BATCH)));
      }
      List<Path> libraries =
          batches.parallelStream().map(b -> library(text(b), List.of("-include", prefix))).toList();
      for (int i = 0; i < fresh.size(); i++) {
        Path library = libraries.get(i / BATCH);
        LOADED.put(fresh.get(i), open(library.toString(), "run_" + i % BATCH));
      }
    }
    return sources.stream().map(s -> Objects.requireNonNull(LOADED.get(s))).toList();
  }

  private static void prepare() {
    if (!ready) {
      String home = System.getProperty("java.home");
      Path shim =
          library(
              resource("emulator.cpp"),
              List.of("-I" + home + "/include", "-I" + home + "/include/linux"));
      System.load(shim.toString());
      ready = true;
    }
  }

  /** Returns what goes before all kernels: compiled, and as text for a newer compiler. */
  private static Path prefix() {
    String text =
        resource("emulation.h")
            + "namespace narrow {\n%1$s}\n#define WIDE\nnamespace wide {\n%1$s}\n"
                .formatted(Prelude.TEXT);
    Path header = FOLDER.resolve(digest(text) + ".h");
    Path compiled = FOLDER.resolve(header.getFileName() + ".gch");
    if (!Files.exists(compiled)) {
      compile(text, compiled, List.of("-x", "c++-header"));
      try {
        Files.writeString(header, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return header;
  }

  /** Returns one program of all these kernels, which share what goes before each of them. */
  private static String text(List<KernelSource> sources) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sources.size(); i++) {
      KernelSource source = sources.get(i);
      boolean waits = source.text().matches("(?s).*__(sync|shfl|ballot|any_|all_).*");
      text.append(
          """
          namespace %2$s {
          namespace n%1$d {
          #define %3$s %3$s_%1$d
          %4$s
          #undef %3$s
          }
          }
          extern "C" const char* run_%1$d(
              unsigned gx, unsigned gy, unsigned threads, unsigned seed, void** arguments) {
            return emulation::launch(
                %2$s::n%1$d::%3$s_%1$d, %5$b, gx, gy, threads, seed, arguments);
          }
          """
              .formatted(
                  i, source.wide() ? "wide" : "narrow", source.name(), source.text(), waits));
    }
    return text.toString();
  }

  private static Path library(String text, List<String> options) {
    Path library = FOLDER.resolve(digest(text + options) + ".so");
    if (!Files.exists(library)) {
      List<String> all = new ArrayList<>(List.of("-shared"));
      all.addAll(options);
      compile(text, library, all);
    }
    return library;
  }

  private static void compile(String text, Path to, List<String> options) {
    try {
      Files.createDirectories(FOLDER);
      Path source = Files.createTempFile(FOLDER, "kernels", ".cpp");
      Path made = Files.createTempFile(FOLDER, "kernels", ".out");
      Files.writeString(source, text);
      List<String> command = new ArrayList<>(List.of("g++", "-w"));
      command.addAll(OPTIONS);
      command.addAll(options);
      command.addAll(List.of("-o", made.toString(), source.toString()));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException("g++ refuses " + source + ":\n" + output);
      }
      Files.delete(source);
      Files.move(made, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, hash).toString(36);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = NativeKernels.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static native long open(String library, String symbol);

  /** Runs all threads of a grid; returns what went wrong. Kernels share memory: one at a time. */
  static synchronized Optional<String> call(long kernel, Launch launch, byte[][] values) {
    long size = 0;
    for (byte[] value : values) {
      size += 8 + (value.length + 7L) / 8 * 8;
    }
    try (BytePointer block = new BytePointer(Math.max(8, size))) {
      long at = 8L * values.length;
      for (int i = 0; i < values.length; i++) {
        block.putLong(8L * i, block.address() + at);
        for (int j = 0; j < values[i].length; j++) {
          block.put(at + j, values[i][j]);
        }
        at += (values[i].length + 7L) / 8 * 8;
      }
      return Optional.ofNullable(
          call(
              kernel,
              launch.blocksX(),
              launch.blocksY(),
              launch.threads(),
              calls++,
              block.address()));
    }
  }

  private static native @Nullable String call(
      long kernel, int blocksX, int blocksY, int threads, int seed, long arguments);
}
