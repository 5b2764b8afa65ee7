package chat.switchboard.mongo;

import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import java.util.List;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * Reads documents of several callers together, and decodes each document on its own: a document
 * that cannot be decoded is no failure of the whole read.
 *
 * @param <T> the type of the decoded documents
 */
public final class RawDocuments<T> {

  private final ReactiveMongoCollection<T> collection;

  private RawDocuments(ReactiveMongoCollection<T> collection) {
    this.collection = collection;
  }

  /** Returns the documents of this collection. */
  public static <T> RawDocuments<T> of(ReactiveMongoCollection<T> collection) {
    return new RawDocuments<>(collection);
  }

  /** Returns the matching documents. */
  public Uni<List<RawBsonDocument>> find(Bson filter, FindOptions options) {
    return collection.find(filter, RawBsonDocument.class, options).collect().asList();
  }

  /** Returns the decoded document; fails if a field has another type. */
  public T decode(RawBsonDocument document) {
    return document.decode(collection.getCodecRegistry().get(collection.getDocumentClass()));
  }

  /** Returns the text in this field; empty if the field is missing or no text. */
  public static String text(RawBsonDocument document, String field) {
    BsonValue value = document.get(field);
    return value != null && value.isString() ? value.asString().getValue() : "";
  }
}
