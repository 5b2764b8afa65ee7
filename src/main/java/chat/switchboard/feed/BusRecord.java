package chat.switchboard.feed;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.mutiny.redis.client.Response;
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
    } catch (DecodeException | IllegalArgumentException | ClassCastException malformed) {
      return Optional.empty();
    } catch (java.time.DateTimeException | IndexOutOfBoundsException malformed) {
      return Optional.empty();
    }
  }

  private static List<FeedEntry> entries(String text) {
    JsonArray all = new JsonArray(text);
    List<FeedEntry> entries = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      JsonArray json = all.getJsonArray(i);
      boolean isMark = json.size() < 6;
      entries.add(
          new FeedEntry(
              new ObjectId(json.getString(0)),
              json.getString(2),
              null,
              isMark ? null : Date.from(Instant.parse(json.getString(3))),
              isMark ? null : json.getString(4),
              isMark ? null : json.getString(5),
              FeedEntry.Kind.of(json.getString(1))));
    }
    return entries;
  }
}
