package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class RasterTest {
  @Test
  void writesWhatOtherProgramsRead() throws IOException {
    Raster raster = new Raster(3, 2, 0x102030);
    raster.fill(1, 1, 1, 1, 0xfedcba);
    BufferedImage image = read(raster);
    assertEquals(3, image.getWidth());
    assertEquals(2, image.getHeight());
    assertArrayEquals(
        new int[] {0x102030, 0x102030, 0x102030, 0x102030, 0xfedcba, 0x102030}, colours(image));
  }

  @Test
  void clipsAtTheEdges() throws IOException {
    Raster raster = new Raster(2, 2, 0);
    raster.fill(-5, 1, 6, 9, 1);
    raster.fill(7, 0, 3, 1, 2);
    raster.fill(0, -4, 2, 2, 3);
    assertArrayEquals(new int[] {0, 0, 1, 0}, colours(read(raster)));
  }

  @Test
  void drawsText() throws IOException {
    Raster raster = new Raster(DotFont.width("1L"), DotFont.HEIGHT, 0xffffff);
    raster.text(0, 0, "1L", 1, 0);
    int[] colours = colours(read(raster));
    StringBuilder drawn = new StringBuilder();
    for (int i = 0; i < colours.length; i++) {
      drawn.append(colours[i] == 0 ? '#' : '.').append(i % 11 == 10 ? "\n" : "");
    }
    assertEquals(
        """
        ..#...#....
        .##...#....
        ..#...#....
        ..#...#....
        ..#...#....
        ..#...#....
        .###..#####
        """,
        drawn.toString());
  }

  @Test
  void fontHasCapitalsForSmallLettersAndQuestionMarksForTheRest() {
    for (int row = 0; row < DotFont.HEIGHT; row++) {
      for (int column = 0; column < DotFont.WIDTH; column++) {
        assertEquals(DotFont.isSet('Q', row, column), DotFont.isSet('q', row, column));
        assertEquals(DotFont.isSet('?', row, column), DotFont.isSet('\u6570', row, column));
        assertFalse(DotFont.isSet(' ', row, column));
      }
    }
    assertEquals(0, DotFont.width(""));
  }

  @Test
  void fontTellsNumeralsApart() {
    String numerals = "0123456789";
    assertEquals(10, numerals.chars().mapToObj(RasterTest::dots).distinct().count());
    assertTrue(numerals.chars().noneMatch(c -> dots(c).equals(dots('?'))));
  }

  private static String dots(int character) {
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < DotFont.HEIGHT * DotFont.WIDTH; i++) {
      dots.append(DotFont.isSet((char) character, i / DotFont.WIDTH, i % DotFont.WIDTH));
    }
    return dots.toString();
  }

  private static BufferedImage read(Raster raster) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    raster.writePng(bytes);
    return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
  }

  private static int[] colours(BufferedImage image) {
    int[] colours =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    for (int i = 0; i < colours.length; i++) {
      colours[i] &= 0xffffff;
    }
    return colours;
  }
}
