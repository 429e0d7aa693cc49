package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfusionTableTest {
  @Test
  void counts() {
    ConfusionTable table = new ConfusionTable();
    table.add(4, 4);
    table.add(4, 4);
    table.add(4, 9);
    table.add(0, 0);
    assertEquals(2, table.count(4, 4));
    assertEquals(1, table.count(4, 9));
    assertEquals(0, table.count(9, 4));
    assertEquals(4, table.total());
    assertEquals(3, table.right());
    assertEquals(0.75, table.accuracy());
    assertEquals(2 / 3.0, table.recall(4));
    assertTrue(Double.isNaN(table.recall(5)));
  }

  @Test
  void printsAlignedTable() {
    ConfusionTable table = new ConfusionTable();
    for (int truth = 0; truth < 9; truth++) {
      for (int i = 0; i < 12; i++) {
        table.add(truth, truth);
      }
    }
    table.add(8, 3);
    List<String> lines = table.toString().lines().collect(Collectors.toList());
    assertEquals(13, lines.size());
    assertEquals("truth  predicted", lines.get(0));
    assertEquals("        0   1   2   3   4   5   6   7   8   9   recall", lines.get(1));
    assertEquals("    0  12   .   .   .   .   .   .   .   .   .  100.00%", lines.get(2));
    assertEquals("    8   .   .   .   1   .   .   .   .  12   .   92.31%", lines.get(10));
    assertEquals("    9   .   .   .   .   .   .   .   .   .   .        -", lines.get(11));
    assertEquals("accuracy 99.08% (108 of 109)", lines.get(12));
  }

  @Test
  void staysAlignedWithLargeCounts() {
    ConfusionTable table = new ConfusionTable();
    for (int i = 0; i < 12_345; i++) {
      table.add(1, 1);
    }
    List<String> lines = table.toString().lines().collect(Collectors.toList());
    assertEquals(lines.get(1).length(), lines.get(3).length());
    assertEquals(lines.get(1).length(), lines.get(4).length());
  }

  @Test
  void printsEmptyTable() {
    assertTrue(new ConfusionTable().toString().contains("accuracy - (0 of 0)"));
  }

  @Test
  void refusesOtherClasses() {
    ConfusionTable table = new ConfusionTable();
    assertThrows(IndexOutOfBoundsException.class, () -> table.add(10, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> table.add(0, -1));
    assertEquals(0, table.total());
  }
}
