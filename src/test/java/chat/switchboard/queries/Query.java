package chat.switchboard.queries;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * The parts of a command that decide how many documents the server reads. Dates in {@link #filter}
 * are {@code {$$now: <milliseconds>}}, relative to the moment of the recording.
 *
 * @param command find, count, distinct, update, delete or findAndModify
 * @param filter what the documents have to match
 * @param sort empty where there is none
 * @param most skip and limit together; 0 where there is no limit
 */
record Query(String collection, String command, BsonDocument filter, BsonDocument sort, int most) {

  /** Dates in a filter, in milliseconds from now. */
  static final String NOW = "$$now";

  /** Fields of which each value is a query of its own: there are few, and they are constants. */
  private static final Set<String> CONSTANTS =
      Set.of("state", "kind", "metadata.role", "endpoint", "provider", "operationType");

  /** The command of a pipeline with stages that {@code ExplainIT} cannot judge. */
  static final String UNKNOWN = "aggregate";

  private static final int ONE = 1;

  /** The queries in this command; none where it writes new documents, or asks for no documents. */
  static List<Query> of(String database, BsonDocument command, long now) {
    List<Query> queries = new ArrayList<>();
    String name = command.getFirstKey();
    BsonValue target = command.get(name);
    if (!target.isString() || "admin".equals(database) || "local".equals(database)) {
      return queries;
    }
    String collection = target.asString().getValue();
    switch (name) {
      case "find" ->
          queries.add(
              new Query(
                  collection,
                  name,
                  relative(document(command, "filter"), now),
                  document(command, "sort"),
                  limit(command)));
      case "count", "distinct" ->
          queries.add(
              new Query(
                  collection,
                  name,
                  relative(document(command, "query"), now),
                  new BsonDocument(),
                  limit(command)));
      case "findAndModify" ->
          queries.add(
              new Query(
                  collection,
                  name,
                  relative(document(command, "query"), now),
                  document(command, "sort"),
                  ONE));
      case "update" ->
          command
              .getArray("updates")
              .forEach(one -> queries.add(ofWrite(collection, name, one.asDocument(), now)));
      case "delete" ->
          command
              .getArray("deletes")
              .forEach(one -> queries.add(ofWrite(collection, name, one.asDocument(), now)));
      case "aggregate" -> ofPipeline(collection, command.getArray("pipeline"), now, queries);
      default -> {
        // inserts, index builds, getMore of a query that was recorded
      }
    }
    return queries;
  }

  private static Query ofWrite(String collection, String name, BsonDocument write, long now) {
    boolean many =
        "update".equals(name)
            ? write.containsKey("multi") && write.getBoolean("multi").getValue()
            : write.getNumber("limit").intValue() == 0;
    return new Query(
        collection,
        name,
        relative(write.getDocument("q"), now),
        new BsonDocument(),
        many ? 0 : ONE);
  }

  /** The driver counts by {@code $match}, {@code $skip}, {@code $limit} and {@code $group}. */
  private static void ofPipeline(
      String collection, BsonArray pipeline, long now, List<Query> queries) {
    BsonDocument filter = new BsonDocument();
    BsonDocument sort = new BsonDocument();
    boolean counts = false;
    boolean unknown = false;
    int most = 0;
    for (BsonValue value : pipeline) {
      BsonDocument stage = value.asDocument();
      switch (stage.getFirstKey()) {
        case "$changeStream" -> {
          return; // reads the log of operations, and no collection
        }
        case "$match" -> filter = stage.getDocument("$match");
        case "$sort" -> sort = stage.getDocument("$sort");
        case "$skip" -> most += stage.getNumber("$skip").intValue();
        case "$limit" -> most += stage.getNumber("$limit").intValue();
        case "$group" -> counts = true;
        default -> unknown = true;
      }
    }
    queries.add(
        new Query(
            collection,
            unknown ? UNKNOWN : counts ? "count" : "find",
            relative(filter, now),
            sort,
            most));
  }

  private static BsonDocument document(BsonDocument command, String field) {
    return command.containsKey(field) ? command.getDocument(field).clone() : new BsonDocument();
  }

  private static int limit(BsonDocument command) {
    int limit = command.containsKey("limit") ? command.getNumber("limit").intValue() : 0;
    int skip = command.containsKey("skip") ? command.getNumber("skip").intValue() : 0;
    return limit == 0 ? 0 : Math.abs(limit) + skip;
  }

  private static BsonDocument relative(BsonDocument filter, long now) {
    return (BsonDocument) relativeValue(filter, now);
  }

  private static BsonValue relativeValue(BsonValue value, long now) {
    if (value.isDateTime()) {
      return new BsonDocument(NOW, new BsonInt64(value.asDateTime().getValue() - now));
    }
    if (value.isDocument()) {
      BsonDocument copy = new BsonDocument();
      value.asDocument().forEach((key, one) -> copy.put(key, relativeValue(one, now)));
      return copy;
    }
    if (value.isArray()) {
      return new BsonArray(value.asArray().stream().map(one -> relativeValue(one, now)).toList());
    }
    return value;
  }

  /** The shape is the same for all queries that differ only in their values. */
  String shape() {
    return command
        + " "
        + collection
        + " "
        + shape("", filter)
        + (sort.isEmpty() ? "" : " sort " + sort.toJson())
        + switch (most) {
          case 0 -> "";
          case ONE -> " limit 1";
          default -> " limit n";
        };
  }

  private static String shape(String field, BsonValue value) {
    if (value.isDocument()) {
      BsonDocument document = value.asDocument();
      if (document.containsKey(NOW)) {
        return "date";
      }
      Map<String, String> parts = new TreeMap<>();
      document.forEach(
          (key, one) -> parts.put(key, shape(key.startsWith("$") ? field : key, one, key)));
      return parts.toString();
    }
    if (value.isNull()) {
      return "null";
    }
    if (value.isBoolean()) {
      return String.valueOf(value.asBoolean().getValue());
    }
    return value.isString() && CONSTANTS.contains(field) ? value.asString().getValue() : "?";
  }

  private static String shape(String field, BsonValue value, String key) {
    if (!value.isArray()) {
      return shape(field, value);
    }
    Set<String> parts = new TreeSet<>();
    value.asArray().forEach(one -> parts.add(shape(field, one)));
    // A list of one value and a list of a thousand values are the same query.
    return key.equals("$in") || key.equals("$nin")
        ? (parts.contains("null")
            ? "[null, ?]"
            : CONSTANTS.contains(field) ? parts.toString() : "[?]")
        : parts.toString();
  }

  /** A short name that follows from the shape. */
  String name() {
    return UUID.nameUUIDFromBytes(shape().getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, 13);
  }

  BsonDocument toBson() {
    return new BsonDocument("shape", new BsonString(shape()))
        .append("collection", new BsonString(collection))
        .append("command", new BsonString(command))
        .append("filter", filter)
        .append("sort", sort)
        .append("most", new BsonInt32(most));
  }

  static Query fromBson(BsonDocument document) {
    return new Query(
        document.getString("collection").getValue(),
        document.getString("command").getValue(),
        document.getDocument("filter"),
        document.getDocument("sort"),
        document.getNumber("most").intValue());
  }
}
