package chat.switchboard.mcp;

/** A tool call that is refused, with a sentence for the model that says what to do. */
final class ToolRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ToolRefusal(String sentence) {
    super(sentence, null, false, false);
  }
}
