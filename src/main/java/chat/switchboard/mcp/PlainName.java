package chat.switchboard.mcp;

import chat.switchboard.address.Mask;
import chat.switchboard.text.ShownText;

/**
 * Shows names to a model. A person can give oneself a name that reads like a sentence of ours or
 * like Markdown, so that a name is one short line without marks.
 */
final class PlainName {

  private static final int LONGEST = 60;

  private PlainName() {}

  /** Returns the name on one line without marks; empty if no visible character is left. */
  static String of(String typed) {
    return ShownText.line(typed, LONGEST).replaceAll("[*_`~\"\\[\\]<>|#]", "").strip();
  }

  /** Returns a name that a person gave oneself, in quotation marks; numbers are masked. */
  static String quoted(String typed) {
    String name = of(Mask.shown(ShownText.line(typed, LONGEST)));
    return name.isEmpty() ? "an unknown sender" : '"' + name + '"';
  }
}
