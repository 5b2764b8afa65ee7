package chat.switchboard.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The deliveries of one conversation that become one text. The state is a value that is stored, so
 * that a digest survives a crash: each replica that finds a due digest writes the same text under
 * the same message ID.
 *
 * @param key the address of the conversation
 * @param firstDeliveryId the first delivery, from which the message ID follows
 * @param startedAt when the first delivery came
 * @param dueAt when the text is written
 * @param deliveryIds the deliveries whose text is listed, in order
 * @param texts the texts of these deliveries
 * @param more how many further deliveries came, whose text is not listed
 */
record Digest(
    String key,
    String firstDeliveryId,
    Instant startedAt,
    Instant dueAt,
    List<String> deliveryIds,
    List<String> texts,
    long more) {

  /** The most texts in one digest. */
  static final int MOST_TEXTS = 20;

  /** The longest digest, in characters. */
  static final int LONGEST = HookTemplates.LONGEST_TEXT;

  /** The longest text of one delivery in a digest of several, in characters. */
  static final int LONGEST_ITEM = 1000;

  Digest {
    deliveryIds = List.copyOf(deliveryIds);
    texts = List.copyOf(texts);
  }

  /** Begins a digest with its first delivery. */
  static Digest begin(String key, String deliveryId, String text, Instant now, Duration length) {
    return new Digest(
        key, deliveryId, now, now.plus(length), List.of(deliveryId), List.of(text), 0);
  }

  /**
   * The digest with one more delivery. A listed delivery that comes again changes nothing. The end
   * does not move: a stream of deliveries cannot keep a text back for ever.
   */
  Digest with(String deliveryId, String text) {
    if (deliveryIds.contains(deliveryId)) {
      return this;
    }
    int length = texts.stream().mapToInt(one -> item(one).length() + 1).sum();
    if (texts.size() >= MOST_TEXTS || length + item(text).length() > LONGEST - 100) {
      return new Digest(key, firstDeliveryId, startedAt, dueAt, deliveryIds, texts, more + 1);
    }
    List<String> ids = new ArrayList<>(deliveryIds);
    ids.add(deliveryId);
    List<String> all = new ArrayList<>(texts);
    all.add(text);
    return new Digest(key, firstDeliveryId, startedAt, dueAt, ids, all, more);
  }

  /** The digest with this number of further deliveries, whose text is not listed. */
  Digest withMore(long further) {
    return new Digest(key, firstDeliveryId, startedAt, dueAt, deliveryIds, texts, more + further);
  }

  /** Whether the text must be written now. */
  boolean isDue(Instant now) {
    return !now.isBefore(dueAt);
  }

  /** The text: that of the only delivery as it is, or a list. */
  String text() {
    if (texts.size() == 1 && more == 0) {
      return texts.get(0);
    }
    StringBuilder text = new StringBuilder();
    for (String one : texts) {
      text.append(text.isEmpty() ? "" : "\n").append(item(one));
    }
    if (more > 0) {
      text.append("\n- \u2026 and ").append(more).append(" more");
    }
    return text.toString();
  }

  /** One entry of the list; each further line of it is indented. */
  private static String item(String text) {
    return "- " + HookMarkdown.cut(text, LONGEST_ITEM).replace("\n", "\n  ");
  }
}
