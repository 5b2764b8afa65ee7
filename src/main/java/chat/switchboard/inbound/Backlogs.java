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

/**
 * Reads the waiting entries of conversations and of senders, those of several conversations
 * together.
 */
@Store
@Singleton
class Backlogs {

  /**
   * The maximum number of entries of several conversations together. An entry has at most a quarter
   * of a megabyte, and usually each message in flight has one entry.
   */
  private static final int MOST_TOGETHER = 256;

  /**
   * The waiting entries for a conversation, by their arrival.
   *
   * @param here the entries of the conversation, and those of the wanted senders without a
   *     conversation
   * @param elsewhere the entries of the wanted senders that wait for other conversations
   */
  record Found(List<InboxEntry> here, List<InboxEntry> elsewhere) {}

  /**
   * Which entries a lane wants.
   *
   * @param senders the persons whose entries are wanted, also those without this conversation
   * @param limit the maximum number of entries of the conversation
   * @param everywhere whether entries that wait for other conversations are wanted
   */
  private record Wanted(String conversationId, Set<String> senders, int limit, boolean everywhere) {

    boolean isHere(RawBsonDocument entry) {
      String lane = RawDocuments.text(entry, "lane");
      return lane.isEmpty() ? isOfSenders(entry) : lane.equals(conversationId);
    }

    boolean isElsewhere(RawBsonDocument entry) {
      return everywhere && !isHere(entry) && isOfSenders(entry);
    }

    private boolean isOfSenders(RawBsonDocument entry) {
      return senders.contains(RawDocuments.text(entry, "sender"));
    }

    /** Entries that wait elsewhere take no place of the entries of the conversation. */
    int limitAlone() {
      return everywhere ? 2 * limit : limit;
    }
  }

  /**
   * @param cut whether entries of the conversation may be missing, because of those elsewhere
   */
  private record Read(Found found, boolean cut) {}

  private final InboxEntries entries;
  private final Batcher<Wanted, Read> batcher;

  Backlogs(InboxEntries entries, Batchers batchers) {
    this.entries = entries;
    this.batcher = batchers.of(this::read);
  }

  /** Returns the entries of this conversation, and all entries of these senders. */
  Uni<Found> read(String conversationId, Collection<String> senders, int limit) {
    Wanted all = new Wanted(conversationId, Set.copyOf(senders), limit, !senders.isEmpty());
    return batcher
        .ask(all)
        .flatMap(
            read ->
                read.cut()
                    ? readHere(all).map(here -> new Found(here, read.found().elsewhere()))
                    : Uni.createFrom().item(read.found()));
  }

  private Uni<List<InboxEntry>> readHere(Wanted all) {
    return batcher
        .ask(new Wanted(all.conversationId(), all.senders(), all.limit(), false))
        .map(read -> read.found().here());
  }

  private Uni<List<Outcome<Read>>> read(List<Wanted> together) {
    List<String> lanes = together.stream().map(Wanted::conversationId).distinct().toList();
    Set<String> senders =
        together.stream().flatMap(one -> one.senders().stream()).collect(Collectors.toSet());
    boolean everywhere = together.stream().anyMatch(Wanted::everywhere);
    Bson received = eq("state", State.RECEIVED.name());
    Bson lane = and(lanes.size() == 1 ? eq("lane", lanes.get(0)) : in("lane", lanes), received);
    // Each alternative is a complete query, so that an index returns its entries in the wanted
    // order.
    Bson ofSenders =
        everywhere
            ? and(in("sender", senders), received)
            : and(in("sender", senders), eq("lane", null), received);
    Bson wanted = senders.isEmpty() ? lane : or(lane, ofSenders);
    boolean several = together.size() > 1;
    int limit = several ? MOST_TOGETHER : together.get(0).limitAlone();
    RawDocuments<InboxEntry> documents = RawDocuments.of(entries.mongoCollection());
    return documents
        .find(wanted, new FindOptions().sort(Sorts.ascending("arrival", "receivedAt")).limit(limit))
        .map(
            found ->
                several && found.size() >= limit
                    ? BatchCommand.alone(together)
                    : together.stream()
                        .map(one -> outcome(one, found, found.size() >= limit, documents))
                        .toList());
  }

  private static Outcome<Read> outcome(
      Wanted wanted,
      List<RawBsonDocument> found,
      boolean full,
      RawDocuments<InboxEntry> documents) {
    return Outcome.of(
        () -> {
          List<InboxEntry> here =
              found.stream()
                  .filter(wanted::isHere)
                  .limit(wanted.limit())
                  .map(documents::decode)
                  .toList();
          List<InboxEntry> elsewhere =
              found.stream()
                  .filter(wanted::isElsewhere)
                  .limit(wanted.limit())
                  .map(documents::decode)
                  .toList();
          boolean cut = full && wanted.everywhere() && here.size() < wanted.limit();
          return new Read(new Found(here, elsewhere), cut);
        });
  }
}
