package io.millrace.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.OneJarProgram;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that lies in one jar with the engine, packed by a tool that merges nothing. */
class OneJarTest {
  @TempDir Path folder;

  /** Of files with one name the first is kept, so of the lists of devices only one. */
  @Test
  void findsTheProcessorAndTheUsersLine() throws Exception {
    String printed =
        run("graph-core", "graph-ops", "backend-cpu", "javacpp", "openblas", "asm", "test");
    assertTrue(printed.contains("cpu:0\n[2.0, 3.0]\ncpu:0\n[2.0, 3.0]"), printed);
    assertTrue(printed.contains("at com.acme.OneJarProgram.mistake(OneJarProgram.java:"), printed);
    assertFalse(printed.contains("<dependency>"), printed);
  }

  @Test
  void saysOnceHowToGetAFastDevice() throws Exception {
    String printed = run("graph-core", "graph-ops", "javacpp", "test");
    assertTrue(printed.contains("reference:0\n"), printed);
    String line = "<artifactId>millrace-backend-cpu</artifactId>";
    assertEquals(2, printed.split(line, -1).length, printed);
    assertTrue(printed.contains("at com.acme.OneJarProgram.mistake(OneJarProgram.java:"), printed);
  }

  private String run(String... parts) throws Exception {
    Path jar = folder.resolve("program.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(0);
      Set<String> names = new HashSet<>();
      for (String part : parts) {
        for (Path place : places(part)) {
          pack(place, out, names);
        }
      }
    }
    Path printed = folder.resolve("printed.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jar.toString(),
                OneJarProgram.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> text(printed));
    return text(printed).replace("\r\n", "\n");
  }

  /** Returns the places on the class path that a part of the program was loaded from. */
  private static List<Path> places(String part) throws Exception {
    if (part.equals("test")) {
      return List.of(
          Path.of(OneJarProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    List<Path> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      String name = place.replace(File.separatorChar, '/');
      boolean isFolder = name.contains("/" + part + "/target/") || name.endsWith(part + "-main");
      boolean isJar =
          name.substring(name.lastIndexOf('/') + 1).matches("(millrace-)?" + part + "-\\d.*");
      if ((isFolder && !name.contains("test")) || (isJar && !name.contains("tests"))) {
        places.add(Path.of(place));
      }
    }
    assertFalse(places.isEmpty(), part);
    return places;
  }

  private static void pack(Path place, JarOutputStream out, Set<String> names) throws IOException {
    if (Files.isDirectory(place)) {
      try (Stream<Path> files = Files.walk(place)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          try (InputStream in = Files.newInputStream(file)) {
            add(place.relativize(file).toString().replace(File.separatorChar, '/'), in, out, names);
          }
        }
      }
      return;
    }
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(place))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          add(entry.getName(), in, out, names);
        }
      }
    }
  }

  private static void add(String name, InputStream in, JarOutputStream out, Set<String> names)
      throws IOException {
    if (!name.endsWith("module-info.class") && names.add(name)) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
      out.closeEntry();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
