package chat.switchboard.support;

import static com.mongodb.client.model.Filters.nin;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Sorts;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Tells after a test that waited in vain which work the service had left at that moment. Such a
 * failure is rare and does not repeat; the log alone does not show its cause. The lines are the
 * last of the run, where the report of a build shows them. JUnit finds this class by its name in
 * META-INF/services.
 */
public final class UnfinishedWork implements TestExecutionListener {

  static final String URI = "chat.switchboard.test.mongo-uri";

  private static final int MOST = 4;
  private static final int LONGEST = 600;

  /** The collections with work, and the states without work. */
  private static final Map<String, List<String>> WORK =
      Map.of(
          "switchboard_outbox",
              List.of("DELIVERED", "READ", "UNDELIVERED", "FAILED", "CANCELLED", "DEAD"),
          "switchboard_inbox", List.of("DEAD"),
          "switchboard_replies", List.of("DONE", "DEAD"),
          "switchboard_media", List.of("STORED", "FAILED"),
          "switchboard_leases", List.of());

  /** These fields have no words of a message. */
  private static final List<String> FIELDS =
      List.of(
          "_id",
          "state",
          "cause",
          "attempts",
          "lane",
          "phoneNumber",
          "queuedAt",
          "receivedAt",
          "nextAttemptAt",
          "dueAt",
          "claim",
          "claimedUntil",
          "beat",
          "owner",
          "wanted",
          "takenAt",
          "history");

  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    result
        .getThrowable()
        // The class loader of the failure is the loader of the test.
        .filter(failure -> failure.getClass().getSimpleName().equals("ConditionTimeoutException"))
        .ifPresent(failure -> look(test.getDisplayName()));
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    lines.forEach(System.out::println);
  }

  private void look(String test) {
    String uri = System.getProperty(URI);
    if (uri == null) {
      return;
    }
    lines.add("Unfinished work at " + new Date() + ", after " + test + ":");
    try (MongoClient client = MongoClients.create(uri)) {
      MongoDatabase database = client.getDatabase(new ConnectionString(uri).getDatabase());
      WORK.forEach((collection, done) -> lines.addAll(newest(database, collection, done)));
    } catch (RuntimeException failure) {
      lines.add("  not known: " + failure.getClass().getSimpleName());
    }
    lines.addAll(busyThreads());
  }

  private static List<String> newest(MongoDatabase database, String collection, List<String> done) {
    List<String> found = new ArrayList<>();
    for (Document one :
        database
            .getCollection(collection)
            .find(nin("state", done))
            .sort(Sorts.descending("queuedAt", "receivedAt", "takenAt"))
            .limit(MOST)) {
      String shown =
          FIELDS.stream()
              .filter(one::containsKey)
              .map(field -> field + "=" + one.get(field))
              .collect(Collectors.joining(", "));
      found.add("  " + collection + ": " + bounded(shown));
    }
    return found;
  }

  private static List<String> busyThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey() != Thread.currentThread())
        .filter(
            thread ->
                Stream.of(thread.getValue())
                    .anyMatch(frame -> frame.getClassName().startsWith("chat.switchboard")))
        .map(
            thread ->
                "  thread "
                    + thread.getKey().getName()
                    + ": "
                    + bounded(
                        Stream.of(thread.getValue())
                            .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                            .limit(8)
                            .collect(Collectors.joining(" < "))))
        .toList();
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }
}
