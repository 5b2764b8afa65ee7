package chat.switchboard.media;

import chat.switchboard.librechat.LibreChatFiles;
import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import chat.switchboard.mongo.UpcomingWork;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The durable step that a file goes through. Each change of the state is one atomic update that
 * asks for the state before and for the claim of the worker: a worker whose claim has ended changes
 * nothing any more.
 */
@Store
@ApplicationScoped
class MediaStore implements UpcomingWork {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** A file that goes out stays a little longer than its last capability. */
  static final Duration AFTER_CAPABILITY = Duration.ofHours(1);

  private static final Bson LATE_AND_SETTLED =
      Filters.and(
          Filters.eq("late", true),
          Filters.in("state", List.of(MediaState.STORED.name(), MediaState.FAILED.name())));

  private final ReactiveMongoCollection<MediaItem> items;
  private final MediaConfig config;
  private final Clock clock;
  private final MeterRegistry meters;

  @Inject
  MediaStore(
      ReactiveMongoClient client,
      DatabaseName database,
      MediaConfig config,
      Clock clock,
      MeterRegistry meters) {
    this(
        client.getDatabase(database.resolve()).getCollection(MediaItem.COLLECTION, MediaItem.class),
        config,
        clock,
        meters);
  }

  MediaStore(
      ReactiveMongoCollection<MediaItem> items,
      MediaConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.items = items;
    this.config = config;
    this.clock = clock;
    this.meters = meters;
  }

  /** Adds an item, unless its id is there already; returns whether the item is new. */
  Uni<Boolean> add(MediaItem item) {
    return add(item, MediaState.PENDING, null);
  }

  /** Adds an item that is not fetched, and so has failed. */
  Uni<Boolean> addFailed(MediaItem item, String cause) {
    item.forgetAt = in(config.retention());
    return add(item, MediaState.FAILED, cause);
  }

  private Uni<Boolean> add(MediaItem item, MediaState state, String cause) {
    Date now = in(Duration.ZERO);
    item.state = state;
    item.cause = cause;
    item.attempts = 0;
    item.receivedAt = now;
    item.nextAttemptAt = state.isOpen() ? now : null;
    item.history = List.of(trace(state, now, cause));
    return items
        .insertOne(item)
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false)
        .invoke(
            isNew -> {
              if (isNew) {
                count(state);
              }
            });
  }

  /**
   * Takes the item that is due for the longest time.
   *
   * @param lease after which another worker may take the item
   */
  Uni<Optional<MediaItem>> claim(Duration lease) {
    return claim(Filters.in("state", MediaState.openNames()), lease);
  }

  /** Takes this item, if it is due. */
  Uni<Optional<MediaItem>> claim(String id, Duration lease) {
    return claim(
        Filters.and(Filters.eq("_id", id), Filters.in("state", MediaState.openNames())), lease);
  }

  private Uni<Optional<MediaItem>> claim(Bson which, Duration lease) {
    return items
        .findOneAndUpdate(
            Filters.and(
                which,
                Filters.lte("nextAttemptAt", in(Duration.ZERO)),
                Filters.exists("forgotten", false)),
            Updates.combine(
                Updates.set("claim", UUID.randomUUID().toString()),
                Updates.set("nextAttemptAt", in(lease)),
                Updates.inc("attempts", 1)),
            new FindOneAndUpdateOptions()
                .sort(Sorts.ascending("nextAttemptAt"))
                .returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Lengthens the claim; false if the claim has ended. */
  Uni<Boolean> renew(MediaItem item, Duration lease) {
    return items
        .updateOne(
            Filters.and(Filters.eq("_id", item.id), Filters.eq("claim", item.claim)),
            Updates.set("nextAttemptAt", in(lease)))
        .map(result -> result.getMatchedCount() > 0);
  }

  /** The bytes are in MongoDB. */
  Uni<Optional<MediaItem>> fetched(
      MediaItem item, Inspection inspection, String fileName, String bytesId) {
    return fetched(item, inspection, fileName, bytesId, List.of());
  }

  /**
   * The bytes are in MongoDB.
   *
   * @param words what a contact card says
   */
  Uni<Optional<MediaItem>> fetched(
      MediaItem item, Inspection inspection, String fileName, String bytesId, List<String> words) {
    return take(
        item,
        MediaState.FETCHED,
        null,
        Optional.of(in(Duration.ZERO)),
        Updates.set("type", inspection.type().name()),
        Updates.set("bytes", inspection.bytes()),
        Updates.set("width", inspection.width()),
        Updates.set("height", inspection.height()),
        Updates.set("sha256", inspection.sha256()),
        Updates.set("shown", inspection.isShown()),
        inspection.doubt().map(doubt -> Updates.set("doubt", doubt)).orElse(Updates.unset("doubt")),
        Updates.set("location", inspection.location().name()),
        Updates.set("fileName", fileName),
        Updates.set("bytesId", bytesId),
        words.isEmpty() ? Updates.unset("words") : Updates.set("words", words),
        Updates.set("attempts", 0));
  }

  /**
   * The file stays in MongoDB.
   *
   * @param cause why LibreChat does not have the file
   */
  Uni<Optional<MediaItem>> storedHere(MediaItem item, String cause) {
    return take(item, MediaState.STORED, cause, Optional.empty());
  }

  /** LibreChat has the file. The caller deletes the bytes unless a capability still needs them. */
  Uni<Optional<MediaItem>> storedInLibreChat(
      MediaItem item, LibreChatFiles.Uploaded.Stored file, Optional<String> transcript) {
    return take(
        item,
        MediaState.STORED,
        null,
        Optional.empty(),
        Updates.set("libreChatFileId", file.fileId()),
        Updates.set("libreChatPath", file.path()),
        Updates.set("libreChatSource", file.source()),
        transcript.map(text -> Updates.set("transcript", text)).orElse(Updates.unset("transcript")),
        Updates.set("libreChatType", file.type()),
        file.width().isPresent()
            ? Updates.set("libreChatWidth", file.width().getAsInt())
            : Updates.unset("libreChatWidth"),
        file.height().isPresent()
            ? Updates.set("libreChatHeight", file.height().getAsInt())
            : Updates.unset("libreChatHeight"));
  }

  /** The attempt failed: plans the next attempt, or ends the step after the last attempt. */
  Uni<Optional<MediaItem>> retry(MediaItem item, String cause, Optional<Duration> after) {
    int attempts = item.attempts == null ? 1 : item.attempts;
    if (attempts >= config.maxAttempts()) {
      // A fetched file is kept although LibreChat did not accept it.
      return item.state == MediaState.FETCHED ? storedHere(item, cause) : failed(item, cause);
    }
    Duration pause = new Backoff(FIRST_PAUSE, config.longestPause()).delay(attempts);
    Duration longest = config.longestPause();
    Duration asked = after.orElse(Duration.ZERO);
    Duration bounded = asked.compareTo(longest) > 0 ? longest : asked;
    return take(item, item.state, cause, Optional.of(in(bounded.plus(pause))));
  }

  /** The file cannot be fetched. */
  Uni<Optional<MediaItem>> failed(MediaItem item, String cause) {
    return take(
        item,
        MediaState.FAILED,
        cause,
        Optional.empty(),
        Updates.set("forgetAt", in(config.retention())));
  }

  /** An operator requests another attempt for a failed file. */
  Uni<Optional<MediaItem>> requeue(String id) {
    return change(
        Filters.and(Filters.eq("_id", id), Filters.eq("state", MediaState.FAILED.name())),
        MediaState.PENDING,
        null,
        Optional.of(in(Duration.ZERO)),
        List.of(Updates.set("attempts", 0), Updates.unset("forgetAt")));
  }

  private Uni<Optional<MediaItem>> take(
      MediaItem item, MediaState state, String cause, Optional<Date> next, Bson... more) {
    return change(
        Filters.and(
            Filters.eq("_id", item.id),
            Filters.eq("claim", item.claim),
            Filters.in("state", state.before().stream().map(MediaState::name).toList())),
        state,
        cause,
        next,
        List.of(more));
  }

  private Uni<Optional<MediaItem>> change(
      Bson which, MediaState state, String cause, Optional<Date> next, List<Bson> more) {
    List<Bson> changes = new ArrayList<>(more);
    changes.add(Updates.set("state", state.name()));
    changes.add(Updates.unset("claim"));
    changes.add(cause == null ? Updates.unset("cause") : Updates.set("cause", cause));
    changes.add(Updates.push("history", trace(state, in(Duration.ZERO), cause)));
    changes.add(
        next.map(at -> Updates.set("nextAttemptAt", at)).orElse(Updates.unset("nextAttemptAt")));
    return items
        .findOneAndUpdate(
            which,
            Updates.combine(changes),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable)
        .invoke(changed -> changed.ifPresent(item -> count(state)));
  }

  /** The items of a message, in their order. */
  Uni<List<MediaItem>> ofMessage(String messageId) {
    return items
        .find(
            Filters.eq("messageId", messageId), new FindOptions().sort(Sorts.ascending("position")))
        .collect()
        .asList();
  }

  /** The items with these ids, in no order. */
  Uni<List<MediaItem>> find(Collection<String> ids) {
    return items.find(Filters.in("_id", ids)).collect().asList();
  }

  /** Notes the conversation of items whose first conversation was deleted. */
  Uni<Void> move(Collection<String> ids, String conversationId, String user) {
    return items
        .updateMany(
            Filters.in("_id", ids),
            Updates.combine(
                Updates.set("conversationId", conversationId), Updates.set("user", user)))
        .replaceWithVoid();
  }

  /** Notes that the message is in its conversation without these files. */
  Uni<Void> late(Collection<String> ids) {
    return items.updateMany(Filters.in("_id", ids), Updates.set("late", true)).replaceWithVoid();
  }

  /** Some late items whose files are at their place, or have failed. */
  Uni<List<MediaItem>> lateAndSettled(int most) {
    return items.find(LATE_AND_SETTLED, new FindOptions().limit(most)).collect().asList();
  }

  /** The second message of the item is kept. */
  Uni<Void> noLongerLate(String id) {
    return items.updateOne(Filters.eq("_id", id), Updates.unset("late")).replaceWithVoid();
  }

  /** Marks the items of a person for deletion; returns how many. */
  Uni<Long> forget(Collection<String> phoneNumbers) {
    return items
        .updateMany(
            Filters.in("phoneNumber", phoneNumbers),
            Updates.combine(Updates.set("forgotten", true), Updates.unset("late")))
        .map(result -> result.getMatchedCount());
  }

  /** Some items that are marked for deletion. */
  Uni<List<MediaItem>> forgotten(int most) {
    return items
        .find(Filters.eq("forgotten", true), new FindOptions().limit(most))
        .collect()
        .asList();
  }

  /** Marks the items of conversations for deletion. */
  Uni<Long> forgetConversations(Collection<String> conversationIds) {
    if (conversationIds.isEmpty()) {
      return Uni.createFrom().item(0L);
    }
    return items
        .updateMany(
            Filters.and(
                Filters.in("conversationId", conversationIds), Filters.exists("forgotten", false)),
            Updates.combine(Updates.set("forgotten", true), Updates.unset("late")))
        .map(result -> result.getMatchedCount());
  }

  /** The conversations that have items, after this one, in order. */
  Uni<List<String>> conversations(String after, int most) {
    return items
        .find(
            Filters.gt("conversationId", after),
            new FindOptions().sort(Sorts.ascending("conversationId")).limit(most))
        .map(item -> item.conversationId)
        .collect()
        .asList();
  }

  Uni<Optional<MediaItem>> find(String id) {
    return items.find(Filters.eq("_id", id)).collect().first().map(Optional::ofNullable);
  }

  /** Counts the files of this person since this moment, up to {@code most}. */
  Uni<Long> countOf(String phoneNumber, Date since, int most) {
    return BoundedCount.upTo(
        most,
        items,
        Filters.and(Filters.eq("phoneNumber", phoneNumber), Filters.gte("receivedAt", since)));
  }

  /** Adds a file that goes out, whose bytes are in MongoDB; returns whether the item is new. */
  Uni<Boolean> addOutgoing(MediaItem item) {
    Date now = in(Duration.ZERO);
    item.state = MediaState.STORED;
    item.attempts = 0;
    item.receivedAt = now;
    item.history = List.of(trace(MediaState.STORED, now, null));
    item.forgetAt = in(config.capabilityLife().plus(AFTER_CAPABILITY));
    return items
        .insertOne(item)
        .replaceWith(true)
        .onFailure(DuplicateKey::is)
        .recoverWithItem(false)
        .invoke(
            isNew -> {
              if (isNew) {
                count(MediaState.STORED);
              }
            });
  }

  /** Returns files in this state, the newest first. */
  Uni<List<MediaItem>> newest(Optional<MediaState> state, int offset, int limit) {
    return items
        .find(
            inState(state),
            new FindOptions().sort(Sorts.descending("receivedAt")).skip(offset).limit(limit))
        .collect()
        .asList();
  }

  /** The number of files, at most as {@link BoundedCount} counts. */
  Uni<Long> count(Optional<MediaState> state) {
    return BoundedCount.of(items, inState(state));
  }

  private static Bson inState(Optional<MediaState> state) {
    return state.map(one -> Filters.eq("state", one.name())).orElseGet(Filters::empty);
  }

  /** Those of these bytes that belong to an item. */
  Uni<Set<String>> usedBytes(Collection<String> bytesIds) {
    return items
        .find(Filters.in("bytesId", bytesIds))
        .map(item -> item.bytesId)
        .collect()
        .with(Collectors.toSet());
  }

  /** Takes the bytes out of an item, before they are deleted. */
  Uni<Boolean> dropBytes(String id, String bytesId) {
    return items
        .updateOne(
            Filters.and(Filters.eq("_id", id), Filters.eq("bytesId", bytesId)),
            Updates.combine(Updates.unset("bytesId"), Updates.unset("capabilities")))
        .map(result -> result.getModifiedCount() > 0);
  }

  /**
   * Some items of this person, or of this conversation; the caller deletes bytes, then the items.
   */
  Uni<List<MediaItem>> some(
      Optional<String> phoneNumber, Optional<String> conversationId, int most) {
    Bson which =
        phoneNumber
            .map(number -> Filters.eq("phoneNumber", number))
            .orElseGet(() -> Filters.eq("conversationId", conversationId.orElseThrow()));
    return items.find(which, new FindOptions().limit(most)).collect().asList();
  }

  Uni<Void> delete(String id) {
    return items.deleteOne(Filters.eq("_id", id)).replaceWithVoid();
  }

  private void count(MediaState state) {
    meters.counter("switchboard.media", "state", state.name().toLowerCase(Locale.ROOT)).increment();
  }

  private Date in(Duration pause) {
    return new Date(clock.millis() + pause.toMillis());
  }

  private static Document trace(MediaState state, Date at, String cause) {
    Document trace = new Document("state", state.name()).append("at", at);
    return cause == null ? trace : trace.append("cause", cause);
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(
        items,
        Filters.or(
            Filters.and(
                Filters.in("state", MediaState.openNames()), Filters.lte("nextAttemptAt", moment)),
            LATE_AND_SETTLED,
            Filters.eq("forgotten", true)));
  }
}
