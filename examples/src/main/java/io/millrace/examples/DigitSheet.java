package io.millrace.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws digits in a grid as a PNG picture, each with its label and what was predicted.
 *
 * <p>Under each digit stands "label → prediction"; a wrong prediction is red, and so is the frame
 * of its digit.
 */
final class DigitSheet {
  private static final int PAPER = 0xf4f4f1;
  private static final int INK = 0x1d2430;
  private static final int FRAME = 0xc9ccd1;
  private static final int RIGHT = 0x4a5361;
  private static final int WRONG = 0xd0222e;
  private static final int WHITE = 0xff;

  private static final int COLUMNS = 10;
  private static final int SCALE = 3;
  private static final int TILE = Images.SIDE * SCALE;
  private static final int BORDER = 2;
  private static final int GAP = 14;
  private static final int MARGIN = 24;
  private static final int TITLE_DOT = 3;
  private static final int LABEL_DOT = 2;
  private static final int LABEL_SPACE = 8;
  private static final int CELL_WIDTH = TILE + 2 * BORDER + GAP;
  private static final int CELL_HEIGHT =
      TILE + 2 * BORDER + LABEL_SPACE + DotFont.HEIGHT * LABEL_DOT + GAP;
  private static final String LEGEND = "label → prediction; wrong ones are red";
  private static final int LEGEND_TOP = DotFont.HEIGHT * TITLE_DOT + 10;
  private static final int TITLE_HEIGHT = LEGEND_TOP + DotFont.HEIGHT * LABEL_DOT + 16;

  private record Digit(Images images, int index, int predicted) {
    boolean isWrong() {
      return images.label(index) != predicted;
    }
  }

  private final String title;
  private final List<Digit> digits = new ArrayList<>();

  /**
   * Creates an empty sheet.
   *
   * @param title a line above the digits; letters of ASCII are drawn as capitals, and a character
   *     that the built-in font lacks as a question mark
   */
  DigitSheet(String title) {
    this.title = title;
  }

  /** Adds one image of a set, with the digit it was taken for, in the next place of the grid. */
  void add(Images images, int index, int predicted) {
    digits.add(new Digit(images, index, predicted));
  }

  /**
   * Writes the sheet, ten digits to a row, over any file of that name.
   *
   * @throws IOException if the file cannot be written
   */
  void write(Path png) throws IOException {
    Raster picture = draw();
    try (OutputStream out = Files.newOutputStream(png)) {
      picture.writePng(out);
    }
  }

  private Raster draw() {
    int rows = Math.max(1, (digits.size() + COLUMNS - 1) / COLUMNS);
    int gridWidth = COLUMNS * CELL_WIDTH - GAP;
    int width = Math.max(gridWidth, DotFont.width(title) * TITLE_DOT) + 2 * MARGIN;
    int height = TITLE_HEIGHT + rows * CELL_HEIGHT - GAP + 2 * MARGIN;
    Raster picture = new Raster(width, height, PAPER);
    picture.text(MARGIN, MARGIN, title, TITLE_DOT, INK);
    picture.text(MARGIN, MARGIN + LEGEND_TOP, LEGEND, LABEL_DOT, RIGHT);
    for (int i = 0; i < digits.size(); i++) {
      int x = MARGIN + i % COLUMNS * CELL_WIDTH;
      int y = MARGIN + TITLE_HEIGHT + i / COLUMNS * CELL_HEIGHT;
      draw(picture, x, y, digits.get(i));
    }
    return picture;
  }

  private static void draw(Raster picture, int x, int y, Digit digit) {
    int outer = TILE + 2 * BORDER;
    picture.fill(x, y, outer, outer, digit.isWrong() ? WRONG : FRAME);
    float[] pixels = digit.images().pixels(digit.index());
    for (int row = 0; row < Images.SIDE; row++) {
      for (int column = 0; column < Images.SIDE; column++) {
        int colour = blend(pixels[row * Images.SIDE + column]);
        picture.fill(x + BORDER + column * SCALE, y + BORDER + row * SCALE, SCALE, SCALE, colour);
      }
    }
    String label = digit.images().label(digit.index()) + " → " + digit.predicted();
    int labelX = x + (outer - DotFont.width(label) * LABEL_DOT) / 2;
    picture.text(
        labelX, y + outer + LABEL_SPACE, label, LABEL_DOT, digit.isWrong() ? WRONG : RIGHT);
  }

  /** Returns the colour between white, at 0, and ink, at 1. */
  private static int blend(float ink) {
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int full = INK >> shift & 0xff;
      colour |= Math.round(WHITE + (full - WHITE) * ink) << shift;
    }
    return colour;
  }
}
