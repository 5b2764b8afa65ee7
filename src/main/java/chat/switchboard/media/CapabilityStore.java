package chat.switchboard.media;

import chat.switchboard.mongo.DatabaseName;
import chat.switchboard.mongo.Store;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoClient;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** The hashes of the capabilities of files, in the records of the files. */
@Store
@ApplicationScoped
class CapabilityStore {

  /** One item may go out with texts to a group. */
  private static final int MAX_TEXTS = 200;

  /** An item has few places where its address is handed out; older capabilities end. */
  private static final int MAX_CAPABILITIES = 20;

  private final ReactiveMongoCollection<MediaItem> items;
  private final Clock clock;

  @Inject
  CapabilityStore(ReactiveMongoClient client, DatabaseName database, Clock clock) {
    this(
        client.getDatabase(database.resolve()).getCollection(MediaItem.COLLECTION, MediaItem.class),
        clock);
  }

  CapabilityStore(ReactiveMongoCollection<MediaItem> items, Clock clock) {
    this.items = items;
    this.clock = clock;
  }

  /** Keeps the hash of a capability. */
  Uni<Boolean> grant(String id, String hash, Optional<Date> endsAt) {
    Document capability = new Document("hash", hash);
    endsAt.ifPresent(end -> capability.append("endsAt", end));
    return items
        .updateOne(
            Filters.eq("_id", id),
            Updates.pushEach(
                "capabilities", List.of(capability), new PushOptions().slice(-MAX_CAPABILITIES)))
        .map(result -> result.getMatchedCount() > 0);
  }

  /**
   * Begins the life of a capability, or begins it again; an outgoing file stays as long as its last
   * capability.
   */
  Uni<Boolean> renew(String id, String hash, Duration life) {
    Date endsAt = in(life);
    return items
        .updateOne(
            Filters.and(Filters.eq("_id", id), Filters.eq("capabilities.hash", hash)),
            Updates.set("capabilities.$.endsAt", endsAt))
        .flatMap(
            known ->
                known.getMatchedCount() > 0
                    ? Uni.createFrom().item(known)
                    : items.updateOne(
                        Filters.and(
                            Filters.eq("_id", id),
                            Filters.exists("bytesId"),
                            Filters.ne("capabilities.hash", hash)),
                        Updates.pushEach(
                            "capabilities",
                            List.of(new Document("hash", hash).append("endsAt", endsAt)),
                            new PushOptions().slice(-MAX_TEXTS))))
        .call(
            () ->
                items.updateOne(
                    Filters.and(Filters.eq("_id", id), Filters.eq("outgoing", true)),
                    Updates.max("forgetAt", in(life.plus(MediaStore.AFTER_CAPABILITY)))))
        .map(result -> result.getMatchedCount() > 0);
  }

  /** The item that a capability opens now. */
  Uni<Optional<MediaItem>> find(String hash) {
    Date now = in(Duration.ZERO);
    return items
        .find(Filters.eq("capabilities.hash", hash))
        .collect()
        .first()
        .map(Optional::ofNullable)
        .map(
            found ->
                found.filter(
                    item ->
                        item.bytesId != null
                            && item.capabilities.stream()
                                .anyMatch(
                                    one ->
                                        hash.equals(one.getString("hash"))
                                            && (one.getDate("endsAt") == null
                                                || one.getDate("endsAt").after(now)))));
  }

  private Date in(Duration life) {
    return new Date(clock.millis() + life.toMillis());
  }
}
