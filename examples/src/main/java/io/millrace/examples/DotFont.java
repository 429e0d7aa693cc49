package io.millrace.examples;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Holds the shapes of capitals, numerals and signs as 5x7 dots. */
final class DotFont {
  /** Columns of a character. */
  static final int WIDTH = 5;

  /** Rows of a character. */
  static final int HEIGHT = 7;

  /** Columns from the beginning of a character to that of the next. */
  static final int ADVANCE = WIDTH + 1;

  /** The question mark, which stands in for characters without a shape. */
  private static final byte[] UNKNOWN = {0x0e, 0x11, 0x01, 0x02, 0x04, 0x00, 0x04};

  /** Each line: a character, then its rows from the top, in each the leftmost dot as 0x10. */
  private static final String SHAPES =
      """
      0 0e 11 13 15 19 11 0e
      1 04 0c 04 04 04 04 0e
      2 0e 11 01 02 04 08 1f
      3 0e 11 01 06 01 11 0e
      4 02 06 0a 12 1f 02 02
      5 1f 10 1e 01 01 11 0e
      6 06 08 10 1e 11 11 0e
      7 1f 01 02 04 08 08 08
      8 0e 11 11 0e 11 11 0e
      9 0e 11 11 0f 01 02 0c
      A 0e 11 11 1f 11 11 11
      B 1e 11 11 1e 11 11 1e
      C 0e 11 10 10 10 11 0e
      D 1c 12 11 11 11 12 1c
      E 1f 10 10 1e 10 10 1f
      F 1f 10 10 1e 10 10 10
      G 0e 11 10 17 11 11 0f
      H 11 11 11 1f 11 11 11
      I 0e 04 04 04 04 04 0e
      J 07 02 02 02 02 12 0c
      K 11 12 14 18 14 12 11
      L 10 10 10 10 10 10 1f
      M 11 1b 15 15 11 11 11
      N 11 11 19 15 13 11 11
      O 0e 11 11 11 11 11 0e
      P 1e 11 11 1e 10 10 10
      Q 0e 11 11 11 15 12 0d
      R 1e 11 11 1e 14 12 11
      S 0f 10 10 0e 01 01 1e
      T 1f 04 04 04 04 04 04
      U 11 11 11 11 11 11 0e
      V 11 11 11 11 11 0a 04
      W 11 11 11 15 15 1b 11
      X 11 11 0a 04 0a 11 11
      Y 11 11 0a 04 04 04 04
      Z 1f 01 02 04 08 10 1f
      . 00 00 00 00 00 0c 0c
      , 00 00 00 00 0c 04 08
      : 00 0c 0c 00 0c 0c 00
      ; 00 0c 0c 00 0c 04 08
      ! 04 04 04 04 04 00 04
      % 19 19 02 04 08 13 13
      ( 02 04 08 08 08 04 02
      ) 08 04 02 02 02 04 08
      - 00 00 00 1f 00 00 00
      + 00 04 04 1f 04 04 00
      / 01 01 02 04 08 10 10
      = 00 00 1f 00 1f 00 00
      _ 00 00 00 00 00 00 1f
      ' 04 04 08 00 00 00 00
      " 0a 0a 00 00 00 00 00
      # 0a 0a 1f 0a 1f 0a 0a
      < 02 04 08 10 08 04 02
      > 08 04 02 01 02 04 08
      → 00 04 02 1f 02 04 00
      """;

  private static final Map<Character, byte[]> ROWS = parse();

  private DotFont() {}

  /** Returns the columns that a line of text takes up. */
  static int width(String text) {
    return text.isEmpty() ? 0 : text.length() * ADVANCE - 1;
  }

  /**
   * Returns whether a character has a dot at this row, from the top, and column, from the left.
   *
   * <p>A small letter looks like its capital, and an unknown character like a question mark.
   */
  static boolean isSet(char character, int row, int column) {
    if (character == ' ') {
      return false;
    }
    byte[] rows = ROWS.getOrDefault(Character.toUpperCase(character), UNKNOWN);
    return (rows[row] >> (WIDTH - 1 - column) & 1) != 0;
  }

  private static Map<Character, byte[]> parse() {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    Map<Character, byte[]> rows = new HashMap<>();
    SHAPES.lines().forEach(line -> rows.put(line.charAt(0), hex.parseHex(line.substring(2))));
    return Map.copyOf(rows);
  }
}
