package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitSheetTest {
  private static final int RED = 0xffd0222e;

  private final Images digits = IdxBytes.labelled(7, 2, 1);

  @TempDir Path dir;

  @Test
  void marksWrongPredictionsRed() throws IOException {
    DigitSheet right = new DigitSheet("All right");
    right.add(digits, 0, 7);
    assertFalse(hasRed(write(right)));

    DigitSheet wrong = new DigitSheet("One wrong");
    wrong.add(digits, 0, 7);
    wrong.add(digits, 1, 3);
    assertTrue(hasRed(write(wrong)));
  }

  @Test
  void growsByRowsOfTen() throws IOException {
    int[] heights = new int[22];
    int[] widths = new int[22];
    for (int count = 0; count < heights.length; count++) {
      DigitSheet sheet = new DigitSheet("");
      for (int i = 0; i < count; i++) {
        sheet.add(digits, i % 3, 0);
      }
      BufferedImage image = write(sheet);
      heights[count] = image.getHeight();
      widths[count] = image.getWidth();
    }
    assertEquals(widths[0], widths[21]);
    assertEquals(heights[1], heights[10]);
    assertTrue(heights[10] < heights[11]);
    assertEquals(heights[11], heights[20]);
    assertTrue(heights[20] < heights[21]);
  }

  @Test
  void widensForLongTitle() throws IOException {
    BufferedImage image = write(new DigitSheet("x".repeat(100)));
    assertTrue(image.getWidth() > 100 * 18, "width " + image.getWidth());
  }

  @Test
  void replacesEarlierFile() throws IOException {
    Files.write(dir.resolve("sheet.png"), new byte[1 << 20]);
    assertTrue(write(new DigitSheet("New")).getWidth() > 0);
    assertTrue(Files.size(dir.resolve("sheet.png")) < 1 << 20);
  }

  private BufferedImage write(DigitSheet sheet) throws IOException {
    Path png = dir.resolve("sheet.png");
    sheet.write(png);
    return ImageIO.read(png.toFile());
  }

  private static boolean hasRed(BufferedImage image) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRGB(x, y) == RED) {
          return true;
        }
      }
    }
    return false;
  }
}
