package chat.switchboard.librechat;

import java.util.Objects;
import java.util.stream.Collectors;
import org.bson.Document;

/** The words of a turn, as a person is to read them. */
public final class AnswerText {

  private AnswerText() {}

  /**
   * The parts of type {@code text}, and not what the model thought or which tools it used. An
   * assistant's turn has its words there and {@code text: ""}; others may have them in {@code text}
   * alone. Empty if there are none, such as for a picture.
   */
  public static String of(Message message) {
    String parts =
        message.content == null
            ? ""
            : message.content.stream()
                .filter(part -> "text".equals(part.get("type")))
                .map(part -> words(part.get("text")))
                .filter(Objects::nonNull)
                .filter(words -> !words.isBlank())
                .map(String::strip)
                .collect(Collectors.joining("\n\n"));
    return !parts.isEmpty() || message.text == null ? parts : message.text.strip();
  }

  /**
   * The words byte for byte. The parts come first: after an edit by the owner LibreChat has the new
   * words there, and the old ones in {@code text} (LibreChat main, August 2026).
   */
  static String verbatim(Message message) {
    String parts =
        message.content == null
            ? ""
            : message.content.stream()
                .filter(part -> "text".equals(part.get("type")))
                .map(part -> words(part.get("text")))
                .filter(Objects::nonNull)
                .collect(Collectors.joining("\n"));
    return parts.isBlank() && message.text != null ? message.text : parts;
  }

  /** The words byte for byte as they came in, without the escapes of a stranger's Markdown. */
  public static String original(Message message) {
    String stored = verbatim(message);
    return message.isEscaped() ? StrangerMarkdown.unescape(stored) : stored;
  }

  /** A part's text is a string, or, as OpenAI's assistants write it, an object with a value. */
  private static String words(Object text) {
    if (text instanceof Document nested) {
      return nested.get("value") instanceof String value ? value : null;
    }
    return text instanceof String words ? words : null;
  }
}
