package io.millrace;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the names that a mistyped one may have meant. */
final class Names {
  private Names() {}

  /** Returns {@code ; did you mean 'a', 'b'?} with the nearest names, or an empty text. */
  static String suggest(String wrong, Collection<String> known) {
    List<String> near =
        known.stream()
            .filter(k -> distance(wrong, k) <= Math.max(2, wrong.length() / 3))
            .sorted(Comparator.comparingInt((String k) -> distance(wrong, k)).thenComparing(k -> k))
            .limit(3)
            .toList();
    return near.isEmpty()
        ? ""
        : "; did you mean "
            + near.stream().map(n -> "'" + n + "'").collect(Collectors.joining(" or "))
            + "?";
  }

  /** Returns Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int next = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + cost);
        diagonal = row[j];
        row[j] = next;
      }
    }
    return row[b.length()];
  }
}
