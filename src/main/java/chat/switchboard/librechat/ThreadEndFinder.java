package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.ops.LruMap;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Finds the end of a conversation. */
@ApplicationScoped
public class ThreadEndFinder {

  /**
   * Most conversations are a chain without forks, and the few newest messages show whether this is
   * the case.
   */
  private static final int WINDOW = 8;

  /**
   * The maximum number of messages that are read to find the shown branch of a thread. In a longer
   * thread, if both branches of a fork have at least this many messages, the branch with the newest
   * message counts as shown.
   */
  private static final int LONGEST = 1_000;

  /** The number of conversations for which a message on the shown branch is remembered. */
  private static final int REMEMBERED = 10_000;

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  /** A message that is known to be on the shown branch, by conversation and owner. */
  private final Map<String, String> shown = Collections.synchronizedMap(new LruMap<>(REMEMBERED));

  ThreadEndFinder(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * Returns the end of this conversation. The few newest messages are enough if they are a chain
   * below a message that is known to be shown: Switchboard appends only at the end of the shown
   * branch, and a later fork has newer messages. Otherwise the whole thread is read once.
   */
  public Uni<ThreadEnd> find(Conversation conversation) {
    String key = key(conversation);
    return turns(conversation, Sorts.descending("createdAt"), WINDOW)
        .flatMap(
            newestFirst -> {
              Optional<ThreadNode> newest = newestFirst.stream().findFirst();
              String known = shown.get(key);
              boolean connected =
                  newestFirst.size() < WINDOW
                      || newestFirst.stream()
                          .anyMatch(turn -> turn.external() || turn.messageId().equals(known));
              if (connected && ShownBranch.isOneLine(newestFirst)) {
                return Uni.createFrom().item(new ThreadEnd(newest, newest));
              }
              return all(conversation).map(all -> new ThreadEnd(ShownBranch.leaf(all), newest));
            })
        .invoke(tail -> tail.parent().ifPresent(parent -> shown.put(key, parent.messageId())));
  }

  /**
   * Records the messages that were just appended below the end. A group can be longer than the
   * window: without this record the next call would find no known message and would read the whole
   * thread.
   */
  void appended(Conversation conversation, Message last) {
    shown.put(key(conversation), last.messageId);
  }

  private static String key(Conversation conversation) {
    return conversation.conversationId + conversation.user;
  }

  /**
   * The thread, or the newest part of a long one, the oldest first. A thread is read in the order
   * in which LibreChat's page reads it: messages of the same millisecond then have the same order
   * as on the page.
   */
  Uni<List<ThreadNode>> all(Conversation conversation) {
    return turns(conversation, Sorts.ascending("createdAt"), LONGEST)
        .flatMap(
            thread ->
                thread.size() < LONGEST ? Uni.createFrom().item(thread) : newestOf(conversation));
  }

  private Uni<List<ThreadNode>> newestOf(Conversation conversation) {
    return turns(conversation, Sorts.descending("createdAt"), LONGEST)
        .map(
            newestFirst -> {
              List<ThreadNode> oldestFirst = new ArrayList<>(newestFirst);
              Collections.reverse(oldestFirst);
              return oldestFirst;
            });
  }

  private Uni<List<ThreadNode>> turns(Conversation conversation, Bson order, int limit) {
    return messages()
        .find(
            and(eq("conversationId", conversation.conversationId), eq("user", conversation.user)),
            new FindOptions()
                .sort(order)
                .limit(limit)
                .projection(
                    Projections.include(
                        "messageId",
                        "parentMessageId",
                        "createdAt",
                        "updatedAt",
                        "isCreatedByUser",
                        "metadata.role")))
        .map(ThreadNode::of)
        .collect()
        .asList();
  }

  private ReactiveMongoCollection<Document> messages() {
    return client.getDatabase(database.resolve()).getCollection("messages");
  }
}
