package chat.switchboard.queries;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.IndexPlan;
import chat.switchboard.support.RealIndexServer;
import chat.switchboard.support.Tools;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexModel;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each query of the service, against {@link Dataset#SIZE} documents in each collection, fetches no
 * more than {@link #WORST} documents for each that it returns, and no more than that where it
 * returns none. The queries are those that {@link QueryRecorder} saw in all other tests: the list
 * {@code src/test/resources/queries/known.json}, and what is not in it yet. {@code
 * -Dupdate.queries=true} adds what the last run of the tests has recorded.
 *
 * <p>The server is the one that {@code MONGO_URI} names, or {@link RealIndexServer}. A MongoDB has
 * the whole dataset and is asked by {@code explain}; the pre-release has a part of it, makes the
 * indexes and answers the queries, and {@link Plan} says how many documents MongoDB would read.
 */
class ExplainIT {

  private static final int WORST = 20;

  /** The maximum number of documents that a count may read. */
  private static final int LONGEST_COUNT = 1_001;

  /**
   * Queries by a field of LibreChat's collections that LibreChat does not index, and that
   * Switchboard needs rarely: the pictures that an answer names by their path alone, and the file
   * of an upload whose end Switchboard did not see. The index on the user limits such a query to
   * the files of one user.
   */
  private static final Set<String> BY_USER_ALONE =
      Set.of(
          "find files {$and=[{filepath={$in=[?]}}, {user={$in=[?]}}]} limit n",
          "find files {$and=[{temp_file_id=?}, {user={$in=[?]}}]} limit 1");

  private static final Path KNOWN = Path.of("src/test/resources/queries/known.json");

  /** As many documents as the pre-release, whose planner is slow, has of each collection. */
  private static final int SAMPLE = 200;

  private static final String NO_COMMIT = "0".repeat(40);

  private static RealIndexServer server;
  private static MongoClient client;
  private static MongoDatabase database;
  private static Dataset dataset;

  /** Whether the server is MongoDB, whose explain is reliable. */
  private static boolean real;

  /** The part of the dataset that the server has. */
  private static final Map<String, List<BsonDocument>> stored = new HashMap<>();

  private static long now;

  @BeforeAll
  static void fill() throws Exception {
    String name = "switchboard_explain_" + UUID.randomUUID().toString().substring(0, 8);
    String uri = System.getenv("MONGO_URI");
    if (uri == null || uri.isBlank()) {
      Tools.need("a server with real indexes", RealIndexServer.missing());
      server = RealIndexServer.start();
      uri = server.uri(name);
    }
    client = MongoClients.create(uri);
    database = client.getDatabase(name);
    real = isMongoDb();
    now = System.currentTimeMillis();
    dataset = new Dataset(now);
    for (Map.Entry<String, List<BsonDocument>> collection : dataset.documents().entrySet()) {
      stored.put(collection.getKey(), part(collection.getValue()));
      database
          .getCollection(collection.getKey(), BsonDocument.class)
          .insertMany(stored.get(collection.getKey()));
    }
    BsonDocument libreChats = read(Path.of("src/test/resources/queries/librechat-indexes.json"));
    for (Map.Entry<String, BsonValue> collection : libreChats.entrySet()) {
      index(collection.getKey(), collection.getValue().asArray());
    }
    for (IndexPlan plan : plans()) {
      database.getCollection(plan.collection()).createIndexes(plan.indexes());
    }
  }

  private static List<BsonDocument> part(List<BsonDocument> documents) {
    return real
        ? documents
        : IntStream.range(0, documents.size())
            .filter(i -> i < SAMPLE / 2 || i >= documents.size() - SAMPLE / 2)
            .mapToObj(documents::get)
            .toList();
  }

  private static void index(String collection, BsonArray indexes) {
    indexes.forEach(
        index ->
            database.runCommand(
                new BsonDocument("createIndexes", new BsonString(collection))
                    .append(
                        "indexes",
                        new BsonArray(
                            List.of(
                                index
                                    .asDocument()
                                    .clone()
                                    .append(
                                        "name",
                                        new BsonString(
                                            index.asDocument().getDocument("key").toJson())))))));
  }

  /** As the service has them: beans without a constructor of their own. */
  private static List<IndexPlan> plans() throws Exception {
    Path classes = Path.of("target", "classes");
    List<String> names;
    try (Stream<Path> files = Files.walk(classes)) {
      names =
          files
              .map(file -> classes.relativize(file).toString())
              .filter(file -> file.startsWith("chat") && file.endsWith(".class"))
              .map(file -> file.substring(0, file.length() - 6).replace(File.separatorChar, '.'))
              .toList();
    }
    List<IndexPlan> plans = new ArrayList<>();
    for (String name : names) {
      Class<?> type = Class.forName(name, false, ExplainIT.class.getClassLoader());
      if (!type.isInterface() && IndexPlan.class.isAssignableFrom(type)) {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        plans.add((IndexPlan) constructor.newInstance());
      }
    }
    assertThat(plans).isNotEmpty();
    return plans;
  }

  @AfterAll
  static void empty() {
    if (database != null) {
      database.drop();
    }
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void each_query_reads_at_most_twenty_documents_for_one_that_it_returns() throws Exception {
    Map<String, List<Index>> indexes = new HashMap<>();
    for (String collection : dataset.documents().keySet()) {
      indexes.put(
          collection,
          database
              .getCollection(collection)
              .listIndexes(BsonDocument.class)
              .map(Index::of)
              .into(new ArrayList<>()));
    }
    List<String> table = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (Query recorded : queries().values()) {
      assertThat(dataset.documents())
          .as("Dataset has documents for the query %s", recorded.shape())
          .containsKey(recorded.collection());
      assertThat(recorded.command())
          .as("Plan knows each stage of %s", recorded.shape())
          .isNotEqualTo(Query.UNKNOWN);
      Query query = withValues(recorded);
      List<BsonDocument> documents = dataset.documents().get(query.collection());
      Plan plan = Plan.of(query, indexes.get(query.collection()), documents);
      Told told = explain(query);
      long matching =
          stored.get(query.collection()).stream()
              .filter(document -> Matcher.matches(document, query.filter()))
              .count();
      if (real ? told.returned() != plan.returned() : told.returned() != matching) {
        bad.add("the server finds " + told.returned() + " where " + matching + " match: " + query);
      }
      long examined = real ? told.examined() : plan.examined();
      boolean tooMuch =
          !BY_USER_ALONE.contains(query.shape())
              && (examined > WORST * Math.max(1, plan.returned())
                  || (query.command().equals("count") && examined > LONGEST_COUNT));
      String line =
          String.format(
              "%s %6d read, %6d returned, by %s: %s",
              tooMuch ? "BAD " : "good", examined, plan.returned(), plan.index(), query.shape());
      table.add(line);
      if (tooMuch) {
        bad.add(line);
      }
    }
    Path report = Path.of("target", "explain.txt");
    Files.write(report, table, StandardCharsets.UTF_8);
    System.out.printf("%d queries explained, see %s%n", table.size(), report);
    assertThat(bad).isEmpty();
    tellUnknown();
  }

  /**
   * Recorded queries that the list lacks were explained too; the list serves runs without recorded
   * queries.
   */
  private static void tellUnknown() throws IOException {
    Map<String, Query> known = known();
    Map<String, Query> recorded = recorded();
    if (Boolean.getBoolean("update.queries")) {
      Map<String, Query> all = new TreeMap<>(recorded);
      all.putAll(known);
      BsonArray list = new BsonArray();
      all.values().forEach(query -> list.add(query.toBson()));
      Files.writeString(KNOWN, new BsonDocument("queries", list).toJson(QueryRecorder.JSON) + "\n");
      return;
    }
    recorded.keySet().removeAll(known.keySet());
    if (!recorded.isEmpty()) {
      System.out.println("Not in " + KNOWN + ", add them by -Dupdate.queries=true:");
      recorded.keySet().forEach(shape -> System.out.println("  " + shape));
    }
  }

  /** The known queries and the queries that the previous tests recorded. */
  private static Map<String, Query> queries() throws IOException {
    Map<String, Query> all = new TreeMap<>(recorded());
    all.putAll(known());
    assertThat(all).isNotEmpty();
    return all;
  }

  private static Map<String, Query> known() throws IOException {
    Map<String, Query> known = new LinkedHashMap<>();
    if (Files.exists(KNOWN)) {
      for (BsonValue one : read(KNOWN).getArray("queries")) {
        Query query = Query.fromBson(one.asDocument());
        known.put(query.shape(), query);
      }
    }
    return known;
  }

  private static Map<String, Query> recorded() throws IOException {
    Map<String, Query> recorded = new TreeMap<>();
    if (Files.isDirectory(QueryRecorder.DIRECTORY)) {
      try (Stream<Path> files = Files.list(QueryRecorder.DIRECTORY)) {
        for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
          Query query = QueryRecorder.read(file);
          recorded.put(query.shape(), query);
        }
      }
    }
    return recorded;
  }

  private static BsonDocument read(Path file) throws IOException {
    return BsonDocument.parse(Files.readString(file));
  }

  /** The query with values of the dataset, and with dates from now. */
  private static Query withValues(Query query) {
    return new Query(
        query.collection(),
        query.command(),
        (BsonDocument) value(query.collection(), "", query.filter(), 0),
        query.sort(),
        query.most());
  }

  private static BsonValue value(String collection, String field, BsonValue value, int i) {
    if (value.isDocument()) {
      BsonDocument document = value.asDocument();
      if (document.containsKey(Query.NOW)) {
        return new BsonDateTime(now + document.getNumber(Query.NOW).longValue());
      }
      BsonDocument copy = new BsonDocument();
      document.forEach(
          (key, one) ->
              copy.put(
                  key,
                  key.equals("$type") || key.equals("$exists")
                      ? one
                      : value(collection, key.startsWith("$") ? field : key, one, 0)));
      return copy;
    }
    if (value.isArray()) {
      BsonArray copy = new BsonArray();
      for (int j = 0; j < value.asArray().size(); j++) {
        copy.add(value(collection, field, value.asArray().get(j), j));
      }
      return copy;
    }
    List<BsonValue> standIns = dataset.values(collection, field);
    boolean stands =
        (value.isString() || value.isObjectId()) && !standIns.isEmpty() && i < standIns.size();
    return stands ? standIns.get(i) : value;
  }

  private static boolean isMongoDb() {
    return !NO_COMMIT.equals(
        client
            .getDatabase("admin")
            .runCommand(new BsonDocument("buildInfo", new BsonInt32(1)))
            .getString("gitVersion"));
  }

  /** The result of the server's own explain. */
  private record Told(long examined, long returned) {}

  private static Told explain(Query query) {
    BsonDocument find =
        new BsonDocument("find", new BsonString(query.collection()))
            .append("filter", query.filter());
    if (!query.sort().isEmpty()) {
      find.append("sort", query.sort());
    }
    if (query.most() > 0) {
      find.append("limit", new BsonInt32(query.most()));
    }
    BsonDocument stats =
        database
            .runCommand(
                new BsonDocument("explain", find)
                    .append("verbosity", new BsonString("executionStats")),
                BsonDocument.class)
            .getDocument("executionStats");
    return new Told(
        stats.getNumber("totalDocsExamined").longValue(), stats.getNumber("nReturned").longValue());
  }

  /** So that an index plan that cannot be read fails here, and not in a table. */
  @Test
  void each_planned_index_is_there() throws Exception {
    for (IndexPlan plan : plans()) {
      List<BsonDocument> there =
          database
              .getCollection(plan.collection())
              .listIndexes(BsonDocument.class)
              .map(index -> index.getDocument("key"))
              .into(new ArrayList<>());
      for (IndexModel wanted : plan.indexes()) {
        assertThat(there)
            .contains(
                wanted
                    .getKeys()
                    .toBsonDocument(
                        BsonDocument.class, MongoClientSettings.getDefaultCodecRegistry()));
      }
    }
  }
}
