package chat.switchboard.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The lines of a text, some of which stand for files. */
final class CaptionLines {

  private final List<List<String>> parts = new ArrayList<>();

  CaptionLines(List<String> parts) {
    parts.forEach(part -> this.parts.add(new ArrayList<>(Arrays.asList(part.split("\n", -1)))));
  }

  /**
   * Replaces the last line with this content: a person may write such a line too, above the lines
   * of the files. Adds the other lines at the end if there is none.
   */
  void replace(String line, List<String> others) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      int at = parts.get(i).indexOf(line);
      if (at >= 0) {
        parts.get(i).remove(at);
        parts.get(i).addAll(at, others);
        return;
      }
    }
    if (!others.isEmpty()) {
      if (parts.isEmpty()) {
        parts.add(new ArrayList<>());
      }
      parts.get(parts.size() - 1).addAll(others);
    }
  }

  /** The text; one empty part if no line is left. */
  List<String> parts() {
    List<String> texts =
        parts.stream()
            .filter(lines -> !lines.isEmpty())
            .map(lines -> String.join("\n", lines))
            .toList();
    return texts.isEmpty() ? List.of("") : texts;
  }
}
