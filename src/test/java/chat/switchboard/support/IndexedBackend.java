package chat.switchboard.support;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * mongo-java-server with indexes that are not unique. The server itself has unique indexes alone,
 * and uses these only for a query of exactly the fields of the index; each other query, as {@code
 * {_id: …, at: {$exists: false}}}, reads the whole collection. MongoDB uses the index of {@code
 * _id} and LibreChat's indexes there, so that a benchmark on the server itself measures its scans.
 *
 * <p>An index has a field that a query names with a value, and may have a field for the order.
 */
final class IndexedBackend extends MemoryBackend {

  private static final Comparator<Object> VALUES = ValueComparator.asc();

  private static final Index ID = new Index("_id", null);

  /** As LibreChat and Switchboard make them, as far as the benchmarks use them. */
  private static final Map<String, List<Index>> INDEXES =
      Map.of(
          "messages",
          List.of(new Index("messageId", null), new Index("conversationId", "createdAt")),
          "conversations",
          List.of(new Index("conversationId", null)),
          "switchboard_feed",
          List.of(new Index("user", "at")),
          "switchboard_inbox",
          List.of(new Index("lane", null)));

  @Override
  public MemoryDatabase openOrCreateDatabase(String name) {
    return new Database(name, getCursorRegistry());
  }

  private record Index(String field, String order) {}

  private record Entry(Object order, int position) {}

  private static final class Database extends MemoryDatabase {

    private final CursorRegistry cursors;

    Database(String name, CursorRegistry cursors) {
      super(name, cursors);
      this.cursors = cursors;
    }

    @Override
    protected MemoryCollection openOrCreateCollection(String name, CollectionOptions options) {
      List<Index> indexes = new ArrayList<>(List.of(ID));
      indexes.addAll(INDEXES.getOrDefault(name, List.of()));
      return new Collection(this, name, options, cursors, indexes);
    }
  }

  private static final class Collection extends MemoryCollection {

    private static final Comparator<Entry> ORDER =
        Comparator.comparing(Entry::order, VALUES).thenComparing(Entry::position);

    private final Map<Index, Map<Object, NavigableSet<Entry>>> entries = new HashMap<>();

    /** The value and the entry of each document in each index: an update changes the document. */
    private final Map<Integer, Map<Index, Map.Entry<Object, Entry>>> places = new HashMap<>();

    Collection(
        MongoDatabase database,
        String name,
        CollectionOptions options,
        CursorRegistry cursors,
        List<Index> indexes) {
      super(database, name, options, cursors);
      indexes.forEach(index -> entries.put(index, new HashMap<>()));
    }

    @Override
    protected Integer addDocumentInternal(Document document) {
      Integer position = super.addDocumentInternal(document);
      add(position, document);
      return position;
    }

    @Override
    protected void removeDocument(Integer position) {
      remove(position);
      super.removeDocument(position);
    }

    @Override
    protected void handleUpdate(Integer position, Document before, Document after) {
      super.handleUpdate(position, before, after);
      remove(position);
      add(position, getDocument(position));
    }

    @Override
    protected QueryResult matchDocuments(
        Document query, Document orderBy, int skip, int limit, int batch, Document fields) {
      for (Index index : entries.keySet()) {
        Object value = valueIn(query, index.field());
        if (value != null) {
          return byIndex(index, value, query, orderBy, skip, limit, batch, fields);
        }
      }
      return super.matchDocuments(query, orderBy, skip, limit, batch, fields);
    }

    private QueryResult byIndex(
        Index index,
        Object value,
        Document query,
        Document orderBy,
        int skip,
        int limit,
        int batch,
        Document fields) {
      NavigableSet<Entry> found = entries.get(index).getOrDefault(value, new TreeSet<>(ORDER));
      boolean isOrdered =
          orderBy != null
              && orderBy.size() == 1
              && index.order() != null
              && orderBy.containsKey(index.order());
      boolean isDescending =
          isOrdered && ((Number) Objects.requireNonNull(orderBy.get(index.order()))).intValue() < 0;
      Stream<Document> documents =
          (isDescending ? found.descendingSet() : found)
              .stream().map(entry -> getDocument(entry.position()));
      return matchDocumentsFromStream(
          documents, query, isOrdered ? null : orderBy, skip, limit, batch, fields);
    }

    /** The value that a document must have in this field; null if the query leaves that open. */
    private static Object valueIn(Document query, String field) {
      Object value = query.get(field);
      if (isValue(value)) {
        return value;
      }
      if (query.get("$and") instanceof List<?> parts) {
        for (Object part : parts) {
          if (part instanceof Document document && isValue(document.get(field))) {
            return document.get(field);
          }
        }
      }
      return null;
    }

    private static boolean isValue(Object value) {
      return value instanceof String || value instanceof ObjectId;
    }

    private void add(Integer position, Document document) {
      Map<Index, Map.Entry<Object, Entry>> placed = new HashMap<>();
      entries.forEach(
          (index, values) -> {
            Object value = document.get(index.field());
            if (isValue(value)) {
              Object order = index.order() == null ? null : document.get(index.order());
              Entry entry = new Entry(order, position);
              values.computeIfAbsent(value, key -> new TreeSet<>(ORDER)).add(entry);
              placed.put(index, Map.entry(value, entry));
            }
          });
      places.put(position, placed);
    }

    private void remove(Integer position) {
      Map<Index, Map.Entry<Object, Entry>> placed = places.remove(position);
      if (placed == null) {
        return;
      }
      placed.forEach(
          (index, place) ->
              entries
                  .get(index)
                  .computeIfPresent(
                      place.getKey(),
                      (value, set) -> {
                        set.remove(place.getValue());
                        return set.isEmpty() ? null : set;
                      }));
    }
  }
}
