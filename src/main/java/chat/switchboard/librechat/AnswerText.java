package chat.switchboard.librechat;

import java.util.Objects;
import java.util.stream.Collectors;
import org.bson.Document;

/** The text of a message, for a human reader. */
public final class AnswerText {

  private AnswerText() {}

  /**
   * Returns the parts of type {@code text}, without the model's reasoning and tool calls. An
   * assistant's message has its text in these parts and {@code text: ""}; other messages may have
   * their text in {@code text} alone. Empty if the message has no text, such as a picture.
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
   * Returns the text byte for byte. The parts take precedence: after an edit by the owner the parts
   * contain the new text, and {@code text} the old text (LibreChat main, August 2026).
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

  /** Returns the text byte for byte as it arrived, without the escapes of a stranger's Markdown. */
  public static String original(Message message) {
    String stored = verbatim(message);
    return message.isEscaped() ? StrangerMarkdown.unescape(stored) : stored;
  }

  /** A part's text is a string or, from OpenAI's assistants, an object with a value. */
  private static String words(Object text) {
    if (text instanceof Document nested) {
      return nested.get("value") instanceof String value ? value : null;
    }
    return text instanceof String words ? words : null;
  }
}
