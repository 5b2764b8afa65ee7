package chat.switchboard.hooks;

/**
 * A template that cannot be read or rendered. Lines and columns of the template begin with 1; 0
 * means that the place is not known.
 */
final class TemplateProblem extends RuntimeException {

  private final int line;
  private final int column;

  TemplateProblem(int line, int column, String sentence) {
    super(
        line > 0 ? sentence + " (line " + line + ", column " + column + ")" : sentence,
        null,
        false,
        false);
    this.line = line;
    this.column = column;
  }

  private TemplateProblem(int line, int column, String message, boolean complete) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  /** The same problem, with the name of the field that holds the template. */
  TemplateProblem of(String field) {
    return new TemplateProblem(line, column, field + ": " + getMessage(), true);
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
