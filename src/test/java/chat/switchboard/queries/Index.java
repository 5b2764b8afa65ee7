package chat.switchboard.queries;

import java.util.List;
import org.bson.BsonDocument;

/**
 * An index as the server lists it.
 *
 * @param keys the fields and their directions
 * @param sparse whether documents without the first field are left out
 * @param partial the filter that a document must match to be in the index; empty if the index has
 *     no filter
 */
record Index(BsonDocument keys, boolean sparse, BsonDocument partial) {

  static Index of(BsonDocument told) {
    return new Index(
        told.getDocument("key"),
        told.containsKey("sparse") && told.getBoolean("sparse").getValue(),
        told.containsKey("partialFilterExpression")
            ? told.getDocument("partialFilterExpression")
            : new BsonDocument());
  }

  List<String> fields() {
    return List.copyOf(keys.keySet());
  }

  int direction(String field) {
    return keys.getNumber(field).intValue();
  }

  /** Whether the index contains the document. */
  boolean contains(BsonDocument document) {
    boolean present =
        fields().stream().anyMatch(field -> !Matcher.values(document, field).get(0).isNull());
    return (!sparse || present) && Matcher.matches(document, partial);
  }

  @Override
  public String toString() {
    return keys.toJson();
  }
}
