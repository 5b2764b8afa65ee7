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

  /** Most conversations are one line, and the few newest messages show whether this one is. */
  private static final int WINDOW = 8;

  /**
   * The maximum number of messages that are read to find the shown branch of a thread. In a longer
   * thread, if both branches of a fork have at least this many messages, the branch with the newest
   * message counts as shown.
   */
  private static final int LONGEST = 1_000;

  /** Conversations of which it is remembered that a message is on the shown branch. */
  private static final int REMEMBERED = 10_000;

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  /** By conversation and owner, a message known to be on the branch that is shown. */
  private final Map<String, String> shown = Collections.synchronizedMap(new LruMap<>(REMEMBERED));

  ThreadEndFinder(ReactiveMongoClient client, DatabaseName database) {
    this.client = client;
    this.database = database;
  }

  /**
   * The end of this conversation. The few newest messages are enough where they are one line down
   * from one that is known to be shown: Switchboard appends at the end of the shown branch alone,
   * and a fork that was made later has newer messages. Otherwise the thread is read once.
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
   * Notes what was just appended below the end. A group can be longer than the window: without this
   * the next look would not meet anything it knows, and would read the whole thread.
   */
  void appended(Conversation conversation, Message last) {
    shown.put(key(conversation), last.messageId);
  }

  private static String key(Conversation conversation) {
    return conversation.conversationId + conversation.user;
  }

  /**
   * The thread, or the newest part of a long one, the oldest first. A thread is read in the order
   * in which LibreChat's page reads it: messages of the same millisecond then stand as they do
   * there.
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
