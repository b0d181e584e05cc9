package io.berth.dockerfile;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** What somebody may have meant who wrote a word that is not known. */
final class Suggestion {
  private static final int FARTHEST = 2;

  private Suggestion() {}

  /**
   * {@code ; did you mean X?}, or all that is known.
   *
   * @param all a phrase before the list
   */
  static String of(String word, Collection<String> known, String all) {
    String lower = word.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(k -> distance(k.toLowerCase(Locale.ROOT), lower) <= FARTHEST)
        .min(Comparator.comparingInt(k -> distance(k.toLowerCase(Locale.ROOT), lower)))
        .map(k -> "; did you mean " + k + "?")
        .orElse("; " + all + String.join(", ", known));
  }

  /** Levenshtein's distance, where two neighbours that changed places count once. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
