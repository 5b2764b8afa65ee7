package chat.switchboard.mcp;

import chat.switchboard.text.GraphemeClusters;
import chat.switchboard.text.ShownText;

/**
 * Shows words of other people to a model: each line of the words begins as a Markdown quotation, so
 * that no line of a stranger's text can pass for one of the result. This does not keep a model from
 * following what it reads: see SECURITY.md.
 */
final class Quote {

  /** The longest quoted text, in grapheme clusters. */
  static final int MOST = 500;

  private static final int MOST_LINES = 20;

  private Quote() {}

  /** Returns the text as a quotation, one line or more. */
  static String of(String text) {
    String shown = GraphemeClusters.first(text, MOST + 1);
    boolean isCut = shown.length() < text.length();
    StringBuilder quote = new StringBuilder();
    int lines = 0;
    for (String line : shown.split("\\R", -1)) {
      String clean = ShownText.line(line, MOST);
      if (clean.isEmpty()) {
        continue;
      }
      if (++lines > MOST_LINES) {
        isCut = true;
        break;
      }
      quote.append(quote.isEmpty() ? "" : "\n").append("   > ").append(clean);
    }
    if (quote.isEmpty()) {
      return "   > (no words)";
    }
    return quote + (isCut ? "…" : "");
  }
}
