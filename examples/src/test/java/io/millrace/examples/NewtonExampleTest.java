package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Results;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.Shape;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewtonExampleTest {
  private static final float[] X = {2, -2, -2, 0.3f, 1.5f, -0.9f};
  private static final float[] Y = {0.1f, 1.5f, -1.5f, 1.2f, -0.2f, -1.1f};

  @TempDir Path folder;

  /** Newton's method as a Java loop in double precision: the root's number, and the turns. */
  private static int[] byHand(double x, double y, int n) {
    for (int turn = 1; ; turn++) {
      double radius = Math.pow(Math.hypot(x, y), n - 1);
      double angle = (n - 1) * Math.atan2(y, x);
      double px = radius * Math.cos(angle);
      double py = radius * Math.sin(angle);
      double ax = px * x - py * y - 1;
      double ay = px * y + py * x;
      double square = n * (px * px + py * py);
      double dx = (ax * px + ay * py) / square;
      double dy = (ay * px - ax * py) / square;
      x -= dx;
      y -= dy;
      if (dx * dx + dy * dy <= 1e-8) {
        long root = Math.round(Math.atan2(y, x) * n / (2 * Math.PI));
        return new int[] {Math.floorMod(root, n), turn};
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void findsTheRootsThatALoopInJavaFinds(int n) {
    int[] roots = new int[X.length];
    int turns = 0;
    for (int i = 0; i < X.length; i++) {
      int[] found = byHand(X[i], Y[i], n);
      roots[i] = found[0];
      turns = Math.max(turns, found[1]);
    }
    NewtonExample.Newton newton = NewtonExample.Newton.build(100);
    for (String device : List.of("reference", "cpu")) {
      try (Session session =
          new Session(newton.graph(), SessionOptions.defaults().device(device))) {
        Results results =
            session.run(
                List.of(newton.root(), newton.turns(), newton.brightness()),
                Map.of(
                    newton.x(),
                    Tensor.of(X, Shape.of(2, 3)),
                    newton.y(),
                    Tensor.of(Y, Shape.of(2, 3)),
                    newton.roots(),
                    n,
                    newton.flat(),
                    true));
        assertArrayEquals(roots, results.get(0).toIntArray());
        assertEquals(turns, results.get(1).intValue());
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, results.get(2).toFloatArray());
      }
    }
  }

  @Test
  void picturesAreMirroredAtTheRealAxis() throws Exception {
    Path file = folder.resolve("newton.png");
    assertEquals(
        0, new NewtonExample().run(new String[] {"--width", "40", "--flat", "--out", file + ""}));
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(40, image.getWidth());
    assertEquals(30, image.getHeight());
    // The root 1 on the right; its neighbours, which are each other's mirror images, on the left.
    assertEquals(0xe8a33d, image.getRGB(39, 15) & 0xffffff);
    assertEquals(0x3d7de8, image.getRGB(2, 2) & 0xffffff);
    assertEquals(0x4db36b, image.getRGB(2, 27) & 0xffffff);
  }
}
