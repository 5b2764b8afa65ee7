package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.ops.LruMap;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Finds the end of a conversation. */
@Singleton
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

  /** The maximum number of new messages in conversations that are read together. */
  private static final int MOST_NEW = 500;

  /** The number of conversations for which a message on the shown branch is remembered. */
  private static final int REMEMBERED = 10_000;

  private final ReactiveMongoClient client;
  private final DatabaseName database;

  /** What was last known of the ends of conversations, by conversation and owner. */
  private final Map<String, KnownEnd> shown = Collections.synchronizedMap(new LruMap<>(REMEMBERED));

  /** The newest messages of a known conversation, the newest first. */
  private final Batcher<Wanted, List<ThreadNode>> windows;

  ThreadEndFinder(ReactiveMongoClient client, DatabaseName database, Batchers batchers) {
    this.client = client;
    this.database = database;
    this.windows = batchers.of(this::windows);
  }

  /**
   * @param messageId a message that is known to be on the shown branch
   * @param newest the dates of the newest messages, the newest first, at most {@link #WINDOW}
   */
  private record KnownEnd(String messageId, List<Date> newest) {

    /** Returns the date before which the window has no message; empty for a short thread. */
    Optional<Date> begin() {
      return newest.size() < WINDOW ? Optional.empty() : Optional.of(newest.get(WINDOW - 1));
    }

    static KnownEnd of(String messageId, List<ThreadNode> newestFirst) {
      return new KnownEnd(
          messageId, newestFirst.stream().limit(WINDOW).map(ThreadNode::createdAt).toList());
    }
  }

  /** A conversation whose newest messages are read. */
  private record Wanted(Conversation conversation, KnownEnd known) {

    Bson query() {
      Bson thread = ThreadEndFinder.thread(conversation);
      return known.begin().<Bson>map(begin -> and(thread, gte("createdAt", begin))).orElse(thread);
    }
  }

  /**
   * Returns the end of this conversation. The few newest messages are enough if they are a chain
   * below a message that is known to be shown: Switchboard appends only at the end of the shown
   * branch, and a later fork has newer messages. Otherwise the whole thread is read once.
   */
  public Uni<ThreadEnd> find(Conversation conversation) {
    String key = key(conversation);
    KnownEnd known = shown.get(key);
    Uni<List<ThreadNode>> window =
        known == null ? newest(conversation) : windows.ask(new Wanted(conversation, known));
    return window.flatMap(
        newestFirst ->
            end(conversation, newestFirst, known)
                .invoke(
                    end ->
                        end.parent()
                            .ifPresent(
                                parent ->
                                    shown.put(key, KnownEnd.of(parent.messageId(), newestFirst)))));
  }

  private Uni<ThreadEnd> end(
      Conversation conversation, List<ThreadNode> newestFirst, KnownEnd known) {
    Optional<ThreadNode> newest = newestFirst.stream().findFirst();
    boolean connected =
        newestFirst.size() < WINDOW
            || newestFirst.stream()
                .anyMatch(
                    turn ->
                        turn.external()
                            || (known != null && turn.messageId().equals(known.messageId())));
    if (connected && ShownBranch.isOneLine(newestFirst)) {
      return Uni.createFrom().item(new ThreadEnd(newest, newest));
    }
    return all(conversation).map(all -> new ThreadEnd(ShownBranch.leaf(all), newest));
  }

  /**
   * Reads the windows of several conversations with one query: of each conversation the messages
   * since the begin of the window that was read before. A conversation that has fewer messages than
   * before, or very many new messages, is read alone.
   */
  private Uni<List<Outcome<List<ThreadNode>>>> windows(List<Wanted> together) {
    if (together.size() == 1) {
      return newest(together.get(0).conversation())
          .map(found -> BatchCommand.same(together, found));
    }
    int limit =
        MOST_NEW + together.stream().mapToInt(wanted -> wanted.known().newest().size()).sum();
    return documents(
            or(together.stream().map(Wanted::query).toList()), Sorts.descending("createdAt"), limit)
        .map(
            found -> {
              if (found.size() >= limit) {
                return BatchCommand.alone(together);
              }
              Map<String, List<Document>> threads =
                  found.stream()
                      .collect(
                          Collectors.groupingBy(
                              one -> key(one.get("conversationId"), one.get("user"))));
              return together.stream()
                  .map(
                      wanted ->
                          window(
                              wanted, threads.getOrDefault(key(wanted.conversation()), List.of())))
                  .toList();
            });
  }

  private static Outcome<List<ThreadNode>> window(Wanted wanted, List<Document> found) {
    return found.size() < wanted.known().newest().size()
        ? new Outcome.Alone<>()
        : Outcome.of(() -> found.stream().limit(WINDOW).map(ThreadNode::of).toList());
  }

  /**
   * Records the messages that were just appended below the end. A group can be longer than the
   * window: without this record the next call would find no known message and would read the whole
   * thread.
   *
   * @param chain the messages in their order, at least one
   */
  void appended(Conversation conversation, List<Message> chain) {
    String last = chain.get(chain.size() - 1).messageId;
    shown.compute(
        key(conversation),
        (same, known) -> {
          List<Date> newest = new ArrayList<>(chain.stream().map(one -> one.createdAt).toList());
          Collections.reverse(newest);
          if (known != null) {
            newest.addAll(known.newest());
          }
          // Fewer dates mean a short thread, which is known only from a read.
          return known == null && newest.size() < WINDOW
              ? null
              : new KnownEnd(last, newest.stream().limit(WINDOW).toList());
        });
  }

  private static String key(Conversation conversation) {
    return key(conversation.conversationId, conversation.user);
  }

  private static String key(Object conversationId, Object user) {
    return conversationId + " " + user;
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

  private Uni<List<ThreadNode>> newest(Conversation conversation) {
    return turns(conversation, Sorts.descending("createdAt"), WINDOW);
  }

  private Uni<List<ThreadNode>> turns(Conversation conversation, Bson order, int limit) {
    return documents(thread(conversation), order, limit)
        .map(found -> found.stream().map(ThreadNode::of).toList());
  }

  private static Bson thread(Conversation conversation) {
    return and(eq("conversationId", conversation.conversationId), eq("user", conversation.user));
  }

  private Uni<List<Document>> documents(Bson filter, Bson order, int limit) {
    return messages()
        .find(
            filter,
            new FindOptions()
                .sort(order)
                .limit(limit)
                .projection(
                    Projections.include(
                        "conversationId",
                        "user",
                        "messageId",
                        "parentMessageId",
                        "createdAt",
                        "updatedAt",
                        "isCreatedByUser",
                        "metadata.role",
                        "metadata." + Message.WRITTEN_AT)))
        .collect()
        .asList();
  }

  private ReactiveMongoCollection<Document> messages() {
    return client.getDatabase(database.resolve()).getCollection("messages");
  }
}
