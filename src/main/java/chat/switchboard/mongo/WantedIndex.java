package chat.switchboard.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;

/** One index of a plan. */
record WantedIndex(String collection, IndexModel model) {

  static List<WantedIndex> of(IndexPlan plan) {
    return plan.indexes().stream().map(model -> new WantedIndex(plan.collection(), model)).toList();
  }

  BsonDocument keys() {
    return model
        .getKeys()
        .toBsonDocument(BsonDocument.class, MongoClientSettings.getDefaultCodecRegistry());
  }

  boolean isUnique() {
    return model.getOptions().isUnique();
  }

  /** Whether this is a TTL index: the server deletes expired documents by this index. */
  boolean expires() {
    return model.getOptions().getExpireAfter(TimeUnit.SECONDS) != null;
  }

  private Optional<BsonDocument> filter() {
    return Optional.ofNullable(model.getOptions().getPartialFilterExpression())
        .map(
            filter ->
                filter.toBsonDocument(
                    BsonDocument.class, MongoClientSettings.getDefaultCodecRegistry()));
  }

  /**
   * The collection and the keys, for an operator: {@code switchboard_outbox {"state": 1,
   * "queuedAt": 1}}.
   */
  String shown() {
    return collection + " " + keys().toJson();
  }

  /** The command for MongoDB's shell that makes the index. */
  String command() {
    List<String> options = new ArrayList<>();
    if (isUnique()) {
      options.add("unique: true");
    }
    if (model.getOptions().isSparse()) {
      options.add("sparse: true");
    }
    if (expires()) {
      options.add("expireAfterSeconds: " + model.getOptions().getExpireAfter(TimeUnit.SECONDS));
    }
    filter().ifPresent(filter -> options.add("partialFilterExpression: " + filter.toJson()));
    return "db."
        + collection
        + ".createIndex("
        + keys().toJson()
        + (options.isEmpty() ? "" : ", {" + String.join(", ", options) + "}")
        + ")";
  }

  /** Whether the server lists this index, built or being built. */
  boolean isIn(List<Document> listed) {
    return listed.stream()
        .anyMatch(
            there ->
                hasKeysOf(there)
                    && (!isUnique() || Boolean.TRUE.equals(there.getBoolean("unique")))
                    && (!expires() || there.get("expireAfterSeconds") != null));
  }

  /** Whether the server lists an index with these keys and any options. */
  boolean hasKeysIn(List<Document> listed) {
    return listed.stream().anyMatch(this::hasKeysOf);
  }

  private boolean hasKeysOf(Document there) {
    List<String> wanted =
        keys().entrySet().stream()
            .map(key -> key.getKey() + ":" + direction(key.getValue()))
            .toList();
    return wanted.equals(
        there.get("key", new Document()).entrySet().stream()
            .map(
                key ->
                    key.getKey()
                        + ":"
                        + (key.getValue() instanceof Number number ? number.intValue() : 0))
            .toList());
  }

  private static int direction(BsonValue value) {
    return value.isNumber() ? value.asNumber().intValue() : 0;
  }

  /**
   * Returns an index with the same effect on queries and on uniqueness for a server that refuses
   * TTL or partial indexes: a plain index, or a sparse index if the condition only asks for the
   * presence of the key. Empty if no such index is equivalent.
   */
  Optional<WantedIndex> fallback() {
    boolean isPartial = filter().isPresent();
    if (!isPartial && !expires()) {
      return Optional.empty();
    }
    IndexOptions plain = new IndexOptions();
    if (isUnique()) {
      if (!isPartial || !asksForItsKeysAlone()) {
        return Optional.empty();
      }
      plain.unique(true).sparse(true);
    }
    return Optional.of(new WantedIndex(collection, new IndexModel(model.getKeys(), plain)));
  }

  /**
   * A sparse compound index contains documents that have any of its keys, so only an index of one
   * key is equivalent.
   */
  private boolean asksForItsKeysAlone() {
    Set<String> asked =
        filter().orElseThrow().entrySet().stream()
            .filter(
                one ->
                    one.getValue().isDocument()
                        && one.getValue().asDocument().size() == 1
                        && one.getValue().asDocument().containsKey("$exists")
                        && one.getValue().asDocument().get("$exists").isBoolean()
                        && one.getValue().asDocument().getBoolean("$exists").getValue())
            .map(java.util.Map.Entry::getKey)
            .collect(Collectors.toSet());
    return keys().size() == 1
        && filter().orElseThrow().size() == 1
        && asked.equals(keys().keySet());
  }
}
