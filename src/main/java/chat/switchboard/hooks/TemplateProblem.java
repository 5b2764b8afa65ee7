package chat.switchboard.hooks;

/**
 * A template that cannot be read or rendered. Lines and columns of the template begin with 1; 0
 * means that the place is not known.
 */
final class TemplateProblem extends RuntimeException {

  private final int line;
  private final int column;
  private final boolean isTooSlow;

  TemplateProblem(int line, int column, String sentence) {
    super(
        line > 0 ? sentence + " (line " + line + ", column " + column + ")" : sentence,
        null,
        false,
        false);
    this.line = line;
    this.column = column;
    this.isTooSlow = false;
  }

  private TemplateProblem(String message, int line, int column, boolean isTooSlow) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
    this.isTooSlow = isTooSlow;
  }

  /** A rendering that took too long: another attempt may be faster, with compiled code. */
  static TemplateProblem tooSlow(String sentence) {
    return new TemplateProblem(sentence, 0, 0, true);
  }

  /** Whether another attempt may have another result. */
  boolean isTooSlow() {
    return isTooSlow;
  }

  /** The same problem, with the name of the field that holds the template. */
  TemplateProblem of(String field) {
    return new TemplateProblem(field + ": " + getMessage(), line, column, isTooSlow);
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
