package chat.switchboard.hooks;

import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Periodic;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Collects the deliveries of a conversation and writes one message when their time is over. A
 * digest is a document, so that a crash loses nothing: any replica closes a digest that is due, and
 * the message has the same id and text at each attempt.
 */
@ApplicationScoped
class HookDigests {

  private static final Logger LOG = Logger.getLogger(HookDigests.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Scanning the digests of hooks");
  private static final int AT_ONCE = 64;
  private static final int SIDE_BY_SIDE = 8;

  /** Another replica may close the digest between the two steps of a join. */
  private static final int MOST_TURNS = 5;

  private final DigestStore store;
  private final DeliveryStore deliveries;
  private final Pipeline pipeline;
  private final LeaseConfig leaseConfig;
  private final Clock clock;

  HookDigests(
      DigestStore store,
      DeliveryStore deliveries,
      Pipeline pipeline,
      LeaseConfig leaseConfig,
      Clock clock) {
    this.store = store;
    this.deliveries = deliveries;
    this.pipeline = pipeline;
    this.leaseConfig = leaseConfig;
    this.clock = clock;
  }

  /**
   * Adds a rendered delivery to the digest of its conversation; a repetition changes nothing.
   *
   * @return the id of the digest
   */
  Uni<String> add(Hook hook, DeliveryEntity delivery) {
    return store
        .of(delivery.id)
        .flatMap(
            known ->
                known
                    .map(digest -> Uni.createFrom().item(digest.id))
                    .orElseGet(() -> add(begun(hook, delivery), 1)))
        .invoke(() -> FaultPoint.reached("collected"));
  }

  private Uni<String> add(DigestEntity begun, int turn) {
    return store
        .join(begun.openKey, begun.deliveryIds.get(0), begun.texts.get(0))
        .flatMap(
            joined ->
                joined.map(id -> Uni.createFrom().item(id)).orElseGet(() -> begin(begun, turn)));
  }

  private Uni<String> begin(DigestEntity begun, int turn) {
    return store
        .begin(begun)
        .flatMap(
            isNew -> {
              if (isNew) {
                return Uni.createFrom().item(begun.id);
              }
              return turn < MOST_TURNS
                  ? add(begun, turn + 1)
                  : Uni.createFrom()
                      .failure(new IllegalStateException("The digest changes all the time"));
            });
  }

  /** After a delivery is noted as collected: its digest may have been written meanwhile. */
  Uni<Void> settle(String id) {
    return store
        .findById(id)
        .flatMap(
            digest ->
                digest != null && DigestState.DONE.name().equals(digest.state)
                    ? deliveries.noteDigest(digest)
                    : Uni.createFrom().voidItem());
  }

  private DigestEntity begun(Hook hook, DeliveryEntity delivery) {
    Instant now = clock.instant();
    Duration length = hook.digest().orElseThrow();
    DigestEntity digest = new DigestEntity();
    digest.id = "digest:" + delivery.id;
    digest.openKey = delivery.thread + " " + HookMessages.ownerKey(hook.owner());
    digest.state = DigestState.OPEN.name();
    digest.hook = hook.name();
    digest.address = delivery.thread;
    digest.firstDeliveryId = delivery.deliveryId;
    digest.event = delivery.event;
    digest.deliveryIds = new ArrayList<>(List.of(delivery.id));
    digest.texts = new ArrayList<>(List.of(delivery.text));
    digest.deliveries = 1L;
    digest.owner = hook.owner();
    digest.conversationId = hook.conversationId().orElse(null);
    digest.title = delivery.title;
    digest.sender = hook.sender().orElse(hook.name());
    digest.reply = hook.reply();
    digest.endpoint = hook.endpoint().orElse(null);
    digest.model = hook.model().orElse(null);
    digest.agentId = hook.agentId().orElse(null);
    digest.startedAt = Date.from(now);
    digest.nextAttemptAt = Date.from(now.plus(length));
    digest.attempts = 0;
    return digest;
  }

  @Scheduled(
      every = "1s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> writeDue() {
    return PERIODIC.run(
        store
            .due(clock.instant(), AT_ONCE)
            .onItem()
            .transformToMulti(due -> Multi.createFrom().iterable(due))
            .onItem()
            .transformToUni(this::write)
            .merge(SIDE_BY_SIDE)
            .collect()
            .asList());
  }

  private Uni<Void> write(DigestEntity due) {
    return store
        .claim(due, clock.instant().plus(leaseConfig.lease()))
        .flatMap(
            claimed -> claimed.map(this::writeClaimed).orElseGet(() -> Uni.createFrom().voidItem()))
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "Writing the digest %s failed and is tried again: %s", due.id, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> writeClaimed(DigestEntity digest) {
    FaultPoint.reached("digest closed");
    return pipeline
        .receive(HookMessages.of(digest))
        .invoke(() -> FaultPoint.reached("digest written"))
        .flatMap(receipt -> note(digest, receipt));
  }

  private Uni<Void> note(DigestEntity digest, Receipt receipt) {
    if (receipt instanceof Receipt.Stored stored) {
      return done(
          digest,
          DeliveryState.APPENDED,
          null,
          stored.message().conversationId,
          stored.message().messageId);
    }
    if (receipt instanceof Receipt.Kept kept) {
      return kept.entry().state == InboxEntry.State.DEAD
          ? done(digest, DeliveryState.FAILED, HookProcessor.reason(kept.entry()), null, null)
          // The inbox has the message; a later attempt sees it in its conversation.
          : Uni.createFrom().voidItem();
    }
    Receipt.Refused refused = (Receipt.Refused) receipt;
    return switch (refused.reason()) {
      case BUSY -> Uni.createFrom().voidItem();
      case GONE -> done(digest, DeliveryState.APPENDED, HookProcessor.GONE, null, null);
      default ->
          done(
              digest,
              DeliveryState.FAILED,
              "The message was refused: " + receipt.outcome() + ".",
              null,
              null);
    };
  }

  private Uni<Void> done(
      DigestEntity digest,
      DeliveryState state,
      String reason,
      String conversationId,
      String messageId) {
    digest.outcome = state.name();
    digest.reason = reason;
    digest.messageConversationId = conversationId;
    digest.messageId = messageId;
    digest.forgetAt = Date.from(clock.instant().plus(DeliveryRetention.KEPT));
    return store.done(digest).flatMap(noted -> deliveries.noteDigest(digest));
  }
}
