package chat.switchboard.feed;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.mutiny.redis.client.Response;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.types.ObjectId;

/**
 * A record of the Redis stream: entries that the reader has stored in {@link FeedEntries}, or none
 * as a sign of life.
 *
 * @param term the term of the reader; each election begins another
 * @param number the number of the record within its term, from 1 on without a gap; a missing number
 *     stands for entries that only the database has
 */
record BusRecord(String term, long number, List<FeedEntry> entries) {

  /** Entries in a record, some 200 bytes each. */
  static final int MOST_ENTRIES = 100;

  /** Five times what the reader writes at most; a longer text comes from another program. */
  private static final int LONGEST = 100_000;

  private static final String VERSION = "1";

  /** Returns the fields and the values of the record, in turn. */
  List<String> fields() {
    JsonArray all = new JsonArray();
    entries.forEach(entry -> all.add(json(entry)));
    return List.of(
        "v", VERSION, "term", term, "number", String.valueOf(number), "entries", all.encode());
  }

  private static JsonArray json(FeedEntry entry) {
    JsonArray json =
        new JsonArray().add(entry.id().toHexString()).add(entry.kind().stored()).add(entry.user());
    return entry.createdAt() == null
        ? json
        : json.add(entry.createdAt().toInstant().toString())
            .add(entry.messageId())
            .add(entry.conversationId());
  }

  /**
   * Reads a record.
   *
   * @param fields the fields and the values, in turn
   * @return empty for a record of another version or another program
   */
  static Optional<BusRecord> of(Response fields) {
    String version = null;
    String term = null;
    String number = null;
    String entries = null;
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String value = fields.get(i + 1).toString();
      switch (fields.get(i).toString()) {
        case "v" -> version = value;
        case "term" -> term = value;
        case "number" -> number = value;
        case "entries" -> entries = value;
        default -> {
          // A field of a later program of the same version.
        }
      }
    }
    if (!VERSION.equals(version) || term == null || number == null || entries == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BusRecord(term, Long.parseLong(number), entries(entries)));
    } catch (DecodeException
        | IllegalArgumentException
        | ClassCastException
        | DateTimeException
        | IndexOutOfBoundsException malformed) {
      return Optional.empty();
    }
  }

  private static List<FeedEntry> entries(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("The record is too long");
    }
    JsonArray all = new JsonArray(text);
    if (all.size() > MOST_ENTRIES) {
      throw new IllegalArgumentException("The record has too many entries");
    }
    List<FeedEntry> entries = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      JsonArray json = all.getJsonArray(i);
      boolean isMark = json.size() < 6;
      entries.add(
          new FeedEntry(
              new ObjectId(text(json, 0)),
              text(json, 2),
              null,
              isMark ? null : Date.from(Instant.parse(text(json, 3))),
              isMark ? null : text(json, 4),
              isMark ? null : text(json, 5),
              FeedEntry.Kind.of(text(json, 1))));
    }
    return entries;
  }

  private static String text(JsonArray entry, int position) {
    String text = entry.getString(position);
    if (text == null) {
      throw new IllegalArgumentException("The entry has no value " + position);
    }
    return text;
  }
}
