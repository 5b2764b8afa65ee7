package chat.switchboard.support;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class IndexedBackendTest {

  private static final int STEPS = 2_000;

  @Test
  void the_server_with_indexes_answers_as_the_server_without() {
    MongoServer plain = new MongoServer(new MemoryBackend());
    MongoServer indexed = new MongoServer(new IndexedBackend());
    try {
      assertThat(history(indexed)).isEqualTo(history(plain));
    } finally {
      plain.shutdownNow();
      indexed.shutdownNow();
    }
  }

  /** The results of the same inserts, updates, deletions and queries. */
  private static List<Object> history(MongoServer server) {
    String uri = server.bindAndGetConnectionString();
    List<Object> results = new ArrayList<>();
    try (MongoClient client = MongoClients.create(uri)) {
      MongoCollection<Document> messages = client.getDatabase("test").getCollection("messages");
      Random random = new Random(7);
      for (int i = 0; i < STEPS; i++) {
        String conversation = "c" + random.nextInt(4);
        String message = "m" + random.nextInt(STEPS / 4);
        Date at = new Date(random.nextInt(1_000));
        switch (random.nextInt(6)) {
          case 0, 1 ->
              messages.insertOne(
                  new Document("_id", i)
                      .append("messageId", message)
                      .append("conversationId", conversation)
                      .append("createdAt", at));
          case 2 ->
              results.add(
                  messages
                      .updateOne(
                          and(eq("messageId", message), exists("seen", false)),
                          Updates.combine(
                              Updates.set("seen", true),
                              Updates.set("conversationId", conversation),
                              Updates.setOnInsert("createdAt", at)),
                          new UpdateOptions().upsert(random.nextBoolean()))
                      .getMatchedCount());
          case 3 -> results.add(messages.deleteMany(eq("messageId", message)).getDeletedCount());
          case 4 ->
              results.add(
                  dates(
                      messages
                          .find(and(eq("conversationId", conversation), gte("createdAt", at)))
                          .sort(
                              random.nextBoolean()
                                  ? Sorts.descending("createdAt")
                                  : Sorts.ascending("createdAt"))
                          .limit(random.nextInt(9))));
          default -> results.add(messages.countDocuments(eq("conversationId", conversation)));
        }
      }
    }
    return results;
  }

  /** Documents of the same date have no order among each other. */
  private static List<Date> dates(Iterable<Document> documents) {
    List<Date> dates = new ArrayList<>();
    documents.forEach(document -> dates.add(document.getDate("createdAt")));
    return dates;
  }
}
