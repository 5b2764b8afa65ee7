package chat.switchboard.faults;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;

/**
 * Checks the outcome of the texts that were sent into a conversation.
 *
 * @param lost texts that are not there
 * @param repeated texts that are there more than once
 * @param branched messages beside another child of the same parent
 */
record Chain(int lost, int repeated, int branched) {

  static final Chain WHOLE = new Chain(0, 0, 0);

  static Chain of(List<Document> messages, Set<String> sent) {
    Map<String, Integer> texts = new HashMap<>();
    Map<String, Integer> children = new HashMap<>();
    for (Document message : messages) {
      texts.merge(message.getString("text"), 1, Integer::sum);
      children.merge(message.getString("parentMessageId"), 1, Integer::sum);
    }
    Set<String> missing = new HashSet<>(sent);
    missing.removeAll(texts.keySet());
    int repeated =
        sent.stream().mapToInt(text -> Math.max(0, texts.getOrDefault(text, 0) - 1)).sum();
    int branched = children.values().stream().mapToInt(count -> count - 1).sum();
    return new Chain(missing.size(), repeated, branched);
  }

  Chain plus(Chain other) {
    return new Chain(lost + other.lost, repeated + other.repeated, branched + other.branched);
  }
}
