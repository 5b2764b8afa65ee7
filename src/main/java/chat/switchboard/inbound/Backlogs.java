package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.RawDocuments;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** Reads the waiting entries of conversations, those of several conversations together. */
@Store
@Singleton
class Backlogs {

  /**
   * The maximum number of entries of several conversations together. An entry has at most a quarter
   * of a megabyte, and usually each message in flight has one entry.
   */
  private static final int MOST_TOGETHER = 256;

  /** The entries of this conversation, and those of these senders without a conversation. */
  private record Wanted(String conversationId, Set<String> senders, int limit) {

    boolean includes(RawBsonDocument entry) {
      String lane = RawDocuments.text(entry, "lane");
      return lane.isEmpty()
          ? senders.contains(RawDocuments.text(entry, "sender"))
          : lane.equals(conversationId);
    }
  }

  private final InboxEntries entries;
  private final Batcher<Wanted, List<InboxEntry>> batcher;

  Backlogs(InboxEntries entries, Batchers batchers) {
    this.entries = entries;
    this.batcher = batchers.of(this::read);
  }

  /**
   * Returns the entries of this conversation, and those of these senders without a conversation, by
   * their arrival.
   */
  Uni<List<InboxEntry>> read(String conversationId, Collection<String> senders, int limit) {
    return batcher.ask(new Wanted(conversationId, Set.copyOf(senders), limit));
  }

  private Uni<List<Outcome<List<InboxEntry>>>> read(List<Wanted> together) {
    List<String> lanes = together.stream().map(Wanted::conversationId).distinct().toList();
    Set<String> senders =
        together.stream().flatMap(one -> one.senders().stream()).collect(Collectors.toSet());
    Bson received = eq("state", State.RECEIVED.name());
    Bson lane = and(lanes.size() == 1 ? eq("lane", lanes.get(0)) : in("lane", lanes), received);
    // Each alternative is a complete query, so that an index returns its entries in the wanted
    // order.
    Bson wanted =
        senders.isEmpty() ? lane : or(lane, and(in("sender", senders), eq("lane", null), received));
    boolean several = together.size() > 1;
    int limit = several ? MOST_TOGETHER : together.get(0).limit();
    RawDocuments<InboxEntry> documents = RawDocuments.of(entries.mongoCollection());
    return documents
        .find(wanted, new FindOptions().sort(Sorts.ascending("arrival", "receivedAt")).limit(limit))
        .map(
            found ->
                several && found.size() >= limit
                    ? BatchCommand.alone(together)
                    : together.stream().map(one -> outcome(one, found, documents)).toList());
  }

  private static Outcome<List<InboxEntry>> outcome(
      Wanted wanted, List<RawBsonDocument> found, RawDocuments<InboxEntry> documents) {
    return Outcome.of(
        () ->
            found.stream()
                .filter(wanted::includes)
                .limit(wanted.limit())
                .map(documents::decode)
                .toList());
  }
}
