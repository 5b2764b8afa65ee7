package chat.switchboard.librechat;

import java.util.List;
import org.bson.Document;

/**
 * The files of a message.
 *
 * @param markdown what LibreChat's page shows of the files, below the text; trusted Markdown
 * @param files LibreChat's own files, for the model and for LibreChat: {@code file_id, filename,
 *     filepath, type, width?, height?}. LibreChat loses the text of a message that has both {@code
 *     content} and {@code files}, so a message with files has no {@code content}
 * @param states what {@code metadata.attachments} says of each file
 */
public record Attached(String markdown, List<Document> files, List<Document> states) {

  /** Puts the files below a text. */
  String below(String text) {
    return text.isBlank() ? markdown : markdown.isEmpty() ? text : text + "\n\n" + markdown;
  }
}
