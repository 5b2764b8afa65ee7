package chat.switchboard.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text between grapheme clusters, the units that a reader takes for one character (Unicode
 * Standard Annex 29, extended grapheme clusters): a flag, a family of emoji joined by U+200D, a
 * letter with its accents, a keycap, a Hangul syllable, an Indic conjunct.
 *
 * <p>The clusters are those of {@code \X} in {@code java.util.regex}. The alternatives, seen on JDK
 * 17 and 25: {@code java.text.BreakIterator} of JDK 17 cuts flags, families and skin tones (its
 * rules became those of the annex with JDK 20) and needs locale data in a native image; ICU4J is
 * right everywhere, but adds 14 MB to a service whose executable is meant to be small. {@code \X}
 * lacks one rule on JDK 17, GB9c (Indic conjuncts, Unicode 15.1), which is added here, so that
 * every JDK cuts a text in the same way.
 *
 * <p>All methods take linear time and accept lone surrogates, each of which is a cluster.
 */
public final class GraphemeClusters {

  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private GraphemeClusters() {}

  /** Returns the clusters of a text in order; together the clusters are the text. */
  public static List<String> split(String text) {
    List<String> clusters = new ArrayList<>();
    Cursor cursor = new Cursor(text);
    int start = 0;
    while (cursor.next()) {
      clusters.add(text.substring(start, cursor.end));
      start = cursor.end;
    }
    return clusters;
  }

  /**
   * Returns the last border between two clusters that is not behind {@code longest}.
   *
   * @param longest the maximum number of UTF-16 code units before the border, at least 2
   * @return the number of code units before the border, the length of the text if it is not longer
   *     than {@code longest}. Never 0 for a non-empty text: a single cluster that is longer than
   *     {@code longest} (a letter with a thousand accents) is cut between code points.
   */
  public static int boundary(String text, int longest) {
    if (text.length() <= longest) {
      return text.length();
    }
    Cursor cursor = new Cursor(text);
    int boundary = 0;
    while (cursor.next() && cursor.end <= longest) {
      boundary = cursor.end;
    }
    if (boundary > 0) {
      return boundary;
    }
    boolean insidePair =
        Character.isHighSurrogate(text.charAt(longest - 1))
            && Character.isLowSurrogate(text.charAt(longest));
    return insidePair && longest > 1 ? longest - 1 : longest;
  }

  /**
   * Returns the beginning of a text: at most {@code longest} UTF-16 code units, cut at a {@link
   * #boundary}.
   */
  public static String truncate(String text, int longest) {
    return text.substring(0, boundary(text, longest));
  }

  /** Returns the first clusters of a text, at most {@code most}. */
  public static String first(String text, int most) {
    Cursor cursor = new Cursor(text);
    int end = 0;
    for (int i = 0; i < most && cursor.next(); i++) {
      end = cursor.end;
    }
    return text.substring(0, end);
  }

  /** Iterates over the clusters. */
  private static final class Cursor {

    private final String text;
    private final Matcher matcher;
    private int end;

    Cursor(String text) {
      this.text = text;
      this.matcher = CLUSTER.matcher(text);
    }

    boolean next() {
      if (end == text.length() || !matcher.find()) {
        return false;
      }
      int start = end;
      end = matcher.end();
      while (end < text.length() && isInsideConjunct(start) && matcher.find()) {
        start = end;
        end = matcher.end();
      }
      return true;
    }

    /**
     * Rule GB9c: no border between a consonant with a virama and the consonant that follows.
     *
     * @param start the begin of the text before the border, where the search stops
     */
    private boolean isInsideConjunct(int start) {
      if (!isConsonant(text.codePointAt(end))) {
        return false;
      }
      boolean linked = false;
      int at = end;
      while (at > start) {
        int before = text.codePointBefore(at);
        if (isVirama(before)) {
          linked = true;
        } else if (!isExtender(before)) {
          return linked && isConsonant(before);
        }
        at -= Character.charCount(before);
      }
      return false;
    }
  }

  private static boolean isExtender(int codePoint) {
    return codePoint == ZERO_WIDTH_JOINER
        // Skin tones
        || in(codePoint, 0x1F3FB, 0x1F3FF)
        || Character.getType(codePoint) == Character.NON_SPACING_MARK
        || Character.getType(codePoint) == Character.ENCLOSING_MARK;
  }

  /** Indic_Conjunct_Break=Linker in Unicode 15.1 and 16, DerivedCoreProperties.txt. */
  private static boolean isVirama(int codePoint) {
    return switch (codePoint) {
      case 0x094D, 0x09CD, 0x0ACD, 0x0B4D, 0x0C4D, 0x0D4D -> true;
      default -> false;
    };
  }

  /** Indic_Conjunct_Break=Consonant in Unicode 15.1 and 16, DerivedCoreProperties.txt. */
  private static boolean isConsonant(int c) {
    if (c < 0x0915 || c > 0x0D3A) {
      return false;
    }
    // Devanagari, Bengali, Gujarati, Oriya, Telugu, Malayalam
    return in(c, 0x0915, 0x0939)
        || in(c, 0x0958, 0x095F)
        || in(c, 0x0978, 0x097F)
        || in(c, 0x0995, 0x09A8)
        || in(c, 0x09AA, 0x09B0)
        || c == 0x09B2
        || in(c, 0x09B6, 0x09B9)
        || in(c, 0x09DC, 0x09DD)
        || c == 0x09DF
        || in(c, 0x09F0, 0x09F1)
        || in(c, 0x0A95, 0x0AA8)
        || in(c, 0x0AAA, 0x0AB0)
        || in(c, 0x0AB2, 0x0AB3)
        || in(c, 0x0AB5, 0x0AB9)
        || c == 0x0AF9
        || in(c, 0x0B15, 0x0B28)
        || in(c, 0x0B2A, 0x0B30)
        || in(c, 0x0B32, 0x0B33)
        || in(c, 0x0B35, 0x0B39)
        || in(c, 0x0B5C, 0x0B5D)
        || c == 0x0B5F
        || c == 0x0B71
        || in(c, 0x0C15, 0x0C28)
        || in(c, 0x0C2A, 0x0C39)
        || in(c, 0x0C58, 0x0C5A)
        || in(c, 0x0D15, 0x0D3A);
  }

  private static boolean in(int codePoint, int first, int last) {
    return codePoint >= first && codePoint <= last;
  }
}
