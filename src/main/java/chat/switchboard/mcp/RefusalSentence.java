package chat.switchboard.mcp;

import chat.switchboard.http.ProblemException;

/** The sentence of a refusal of the API, with what the model should do about it. */
final class RefusalSentence {

  private RefusalSentence() {}

  static String of(ProblemException refusal) {
    String sentence = refusal.problem().error();
    String end = sentence.endsWith(".") ? " " : ". ";
    return switch (refusal.problem().status()) {
      case 409 -> sentence + end + "No text was sent; tell the user why.";
      case 429 -> sentence + end + "No text was sent. Do not try again now; tell the user why.";
      case 503 -> sentence + end + "No text was sent; tell the user why.";
      default -> sentence + end.stripTrailing();
    };
  }
}
