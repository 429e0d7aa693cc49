package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.examples.MnistDownload.RemoteFile;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistDownloadTest {
  private static final byte[] CONTENT = new byte[200_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  private static final RemoteFile FILE = new RemoteFile("a.gz", CONTENT.length, sha256(CONTENT));

  /** The Range header of each request so far, "-" if it had none. */
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path dir;
  private HttpServer server;

  /** How many bytes to send before cutting the next connections. */
  private final List<Integer> cuts = Collections.synchronizedList(new ArrayList<>());

  private byte[] served = CONTENT;
  private boolean honoursRange = true;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> exchange.sendResponseHeaders(404, -1));
    server.createContext("/files/a.gz", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void downloadsWholeFileIntoNewDirectory() throws IOException {
    Path target = dir.resolve("new/mnist");
    List<Long> heard = new ArrayList<>();
    new MnistDownload(base(), target, (file, done, total) -> heard.add(done)).fetch(List.of(FILE));
    assertArrayEquals(CONTENT, Files.readAllBytes(target.resolve("a.gz")));
    assertFalse(Files.exists(target.resolve("a.gz.part")));
    assertEquals(0L, heard.get(0));
    assertEquals(CONTENT.length, heard.get(heard.size() - 1));
    assertEquals(List.of("-"), ranges);
  }

  @Test
  void acceptsBaseWithoutSlash() throws IOException {
    URI bare = URI.create(base().toString().replaceAll("/$", ""));
    new MnistDownload(bare, dir, (file, done, total) -> {}).fetch(List.of(FILE));
    assertTrue(Files.exists(dir.resolve("a.gz")));
  }

  @Test
  void continuesAfterCutConnection() throws IOException {
    cuts.add(70_000);
    fetch(FILE);
    assertArrayEquals(CONTENT, Files.readAllBytes(dir.resolve("a.gz")));
    assertEquals(List.of("-", "bytes=70000-"), ranges);
  }

  @Test
  void givesUpAfterThreeAttemptsAndContinuesNextTime() throws IOException {
    cuts.addAll(List.of(10_000, 10_000, 10_000));
    DataFileException e = assertThrows(DataFileException.class, () -> fetch(FILE));
    assertTrue(
        e.getMessage().startsWith(base() + "a.gz: the download broke off after 30000 of 200000"),
        e.getMessage());
    assertEquals(30_000, Files.size(dir.resolve("a.gz.part")));

    ranges.clear();
    fetch(FILE);
    assertArrayEquals(CONTENT, Files.readAllBytes(dir.resolve("a.gz")));
    assertEquals(List.of("bytes=30000-"), ranges);
  }

  @Test
  void startsOverWhenServerIgnoresRange() throws IOException {
    honoursRange = false;
    Files.write(dir.resolve("a.gz.part"), new byte[5_000]);
    fetch(FILE);
    assertArrayEquals(CONTENT, Files.readAllBytes(dir.resolve("a.gz")));
    assertEquals(List.of("bytes=5000-"), ranges);
  }

  @Test
  void startsOverWhenServerHasNoSuchRange() throws IOException {
    served = new byte[100];
    Files.write(dir.resolve("a.gz.part"), new byte[5_000]);
    assertThrows(DataFileException.class, () -> fetch(FILE));
    assertEquals(List.of("bytes=5000-", "-", "bytes=100-"), ranges);
  }

  @Test
  void finishesCompletePartWithoutRequest() throws IOException {
    Files.write(dir.resolve("a.gz.part"), CONTENT);
    fetch(FILE);
    assertArrayEquals(CONTENT, Files.readAllBytes(dir.resolve("a.gz")));
    assertEquals(List.of(), ranges);
  }

  @Test
  void deletesDownloadWithWrongDigest() {
    String expected = "00".repeat(32);
    RemoteFile file = new RemoteFile("a.gz", CONTENT.length, expected);
    DataFileException e = assertThrows(DataFileException.class, () -> fetch(file));
    assertEquals(
        base()
            + "a.gz: wrong SHA-256: expected "
            + expected
            + ", actual "
            + sha256(CONTENT)
            + "; the download was deleted",
        e.getMessage());
    assertEquals(List.of(), List.of(dir.toFile().list()));
  }

  @Test
  void storesNoMoreThanOneByteTooMany() {
    served = Arrays.copyOf(CONTENT, CONTENT.length + 50_000);
    DataFileException e = assertThrows(DataFileException.class, () -> fetch(FILE));
    String stored = sha256(Arrays.copyOf(served, CONTENT.length + 1));
    assertTrue(e.getMessage().contains("actual " + stored), e.getMessage());
  }

  @Test
  void saysThatServerLacksFile() {
    RemoteFile file = new RemoteFile("b.gz", 1, "");
    DataFileException e = assertThrows(DataFileException.class, () -> fetch(file));
    assertEquals(
        base() + "b.gz: expected HTTP status 200, the server answered 404", e.getMessage());
  }

  @Test
  void saysThatNobodyAnswers() {
    URI base = base();
    server.stop(0);
    DataFileException e =
        assertThrows(
            DataFileException.class,
            () -> new MnistDownload(base, dir, (file, done, total) -> {}).fetch(List.of(FILE)));
    assertTrue(e.getMessage().contains("broke off after 0 of 200000 bytes"), e.getMessage());
  }

  @Test
  void keepsFilesThatAreThere() throws IOException {
    Files.write(dir.resolve("a.gz"), CONTENT);
    fetch(FILE);
    assertEquals(List.of(), ranges);

    Files.write(dir.resolve("a.gz"), new byte[] {1});
    DataFileException e = assertThrows(DataFileException.class, () -> fetch(FILE));
    assertTrue(e.getMessage().contains("delete the file to have it downloaded again"));
    assertEquals(1, Files.size(dir.resolve("a.gz")));
  }

  @Test
  void refusesOtherProtocols() {
    URI base = URI.create("ftp://localhost/");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new MnistDownload(base, dir, (file, done, total) -> {}));
    assertEquals("ftp://localhost/ is not an http or https address", e.getMessage());
  }

  private void fetch(RemoteFile file) throws IOException {
    new MnistDownload(base(), dir, (name, done, total) -> {}).fetch(List.of(file));
  }

  private URI base() {
    InetSocketAddress address = server.getAddress();
    return URI.create(
        "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/files/");
  }

  private void serve(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(range == null ? "-" : range);
    int from = 0;
    if (range != null && honoursRange) {
      from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }
    int length = served.length - from;
    if (from > 0 && length <= 0) {
      exchange.sendResponseHeaders(416, -1);
      exchange.close();
      return;
    }
    if (from > 0) {
      String part = "bytes " + from + "-" + (served.length - 1) + "/" + served.length;
      exchange.getResponseHeaders().set("Content-Range", part);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length);
    int sent = cuts.isEmpty() ? length : cuts.remove(0);
    OutputStream body = exchange.getResponseBody();
    body.write(served, from, sent);
    body.flush();
    // With less sent than announced, this cuts the connection.
    exchange.close();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
