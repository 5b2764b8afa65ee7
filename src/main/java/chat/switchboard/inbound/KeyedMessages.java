package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.Receipt.Reason;
import chat.switchboard.inbound.RoutedEntry.Finished;
import chat.switchboard.inbound.RoutedEntry.InLane;
import chat.switchboard.inbound.RoutedEntry.NoLane;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.ops.Cause;
import chat.switchboard.routing.Route;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Takes messages with a key: keeps them in the inbox, routes them, and appends them once. */
@Singleton
class KeyedMessages {

  private static final Logger LOG = Logger.getLogger(Pipeline.class);

  private final Inbox inbox;
  private final EntryFactory entries;
  private final EntryRouter router;
  private final StoredMessages stored;
  private final LaneDelivery delivery;
  private final DeadLetters deadLetters;
  private final DatabaseConfig config;

  KeyedMessages(
      Inbox inbox,
      EntryFactory entries,
      EntryRouter router,
      StoredMessages stored,
      LaneDelivery delivery,
      DeadLetters deadLetters,
      DatabaseConfig config) {
    this.inbox = inbox;
    this.entries = entries;
    this.router = router;
    this.stored = stored;
    this.delivery = delivery;
    this.deadLetters = deadLetters;
    this.config = config;
  }

  Uni<Receipt> receive(InboundMessage message, DedupeKey key) {
    Caller caller = Caller.of(key);
    InboxEntry received = entries.received(message, key);
    return inTime(inbox.accept(received))
        .flatMap(
            entry ->
                caller.comparesContent() && !entry.fingerprint.equals(Fingerprint.of(message))
                    ? Uni.createFrom().item(new Receipt.Refused(Reason.CONFLICT))
                    : receipt(entry, message, caller, entry == received));
  }

  /**
   * @param isFirst whether this request has created the entry
   */
  private Uni<Receipt> receipt(
      InboxEntry entry, InboundMessage message, Caller caller, boolean isFirst) {
    return switch (entry.state) {
      case APPENDED -> inTime(stored.receipt(entry));
      case DEAD -> Uni.createFrom().item(new Receipt.Kept(entry));
      case RECEIVED -> orKept(entry, caller, deliver(entry, message, caller, isFirst));
    };
  }

  /** From here on the message is kept: after every failure a replica appends it later. */
  private static Uni<Receipt> orKept(InboxEntry entry, Caller caller, Uni<Receipt> receipt) {
    return receipt
        .onFailure(failure -> caller.acceptsKept())
        .recoverWithItem(
            failure -> {
              LOG.warnf(
                  "Message %s is in the inbox and will be retried: %s",
                  entry.id, Cause.of(failure));
              return new Receipt.Kept(entry);
            });
  }

  private Uni<Receipt> deliver(
      InboxEntry entry, InboundMessage message, Caller caller, boolean isFirst) {
    return deliverOnce(entry, message, caller, isFirst)
        .onFailure(ConversationChanged.class)
        .recoverWithUni(() -> deliverOnce(entry, message, caller, isFirst));
  }

  private Uni<Receipt> deliverOnce(
      InboxEntry entry, InboundMessage message, Caller caller, boolean isFirst) {
    return inTime(progress(entry, message, caller, isFirst))
        .flatMap(
            progress ->
                progress instanceof Progress.Submitted submitted
                    ? delivery.receipt(submitted.item(), submitted.routed(), caller, isFirst)
                    : Uni.createFrom()
                        .item(receiptOf(((Progress.Ended) progress).receipt(), isFirst)));
  }

  /** Another replica may append the message of the first request before this replica does. */
  private static Receipt receiptOf(Receipt receipt, boolean isFirst) {
    return isFirst && receipt instanceof Receipt.Stored stored ? stored.first() : receipt;
  }

  /** The progress of an entry: its message is in a lane, or has its receipt. */
  private sealed interface Progress {
    record Submitted(LaneItem item, InLane routed) implements Progress {}

    record Ended(Receipt receipt) implements Progress {}
  }

  private Uni<Progress> progress(
      InboxEntry entry, InboundMessage message, Caller caller, boolean isFirst) {
    return router
        .fix(entry, message)
        .flatMap(
            routed -> {
              if (routed instanceof InLane inLane) {
                LaneItem item = delivery.submit(inLane.entry(), inLane.route());
                return Uni.createFrom().item(new Progress.Submitted(item, inLane));
              }
              Uni<Receipt> end =
                  routed instanceof NoLane noLane
                      ? end(noLane.entry(), noLane.route(), caller, isFirst)
                      : finished(((Finished) routed).entry());
              return end.map(Progress.Ended::new);
            });
  }

  private Uni<Receipt> end(InboxEntry entry, Route route, Caller caller, boolean isFirst) {
    if (route instanceof Route.Linked linked) {
      return inbox.appended(List.of(entry.id)).replaceWith(new Receipt.Linked(linked.notice()));
    }
    Route.Refused refused = (Route.Refused) route;
    return takesBack(entry, refused.reason(), caller, isFirst)
        .flatMap(
            taken ->
                taken
                    ? Uni.createFrom()
                        .item(new Receipt.Refused(Reason.of(refused.reason()), refused.notice()))
                    : deadLetters.bury(entry, refused.reason()).map(Receipt.Kept::new));
  }

  /**
   * Removes the entry of a refused message, so that the message may come again. Another request
   * with the same message may have been told that the message is kept: then the entry stays, for an
   * operator, unless no operator can end the refusal.
   */
  private Uni<Boolean> takesBack(
      InboxEntry entry, Route.Reason reason, Caller caller, boolean isFirst) {
    if (!caller.takesBack(reason)) {
      return Uni.createFrom().item(false);
    }
    if (!DeadLetters.take(reason)) {
      return inbox.forget(entry).replaceWith(true);
    }
    return isFirst ? inbox.takeBack(entry) : Uni.createFrom().item(false);
  }

  private Uni<Receipt> finished(Optional<InboxEntry> entry) {
    if (entry.isEmpty()) {
      return Uni.createFrom().item(new Receipt.Refused(Reason.GONE));
    }
    return entry.get().state == InboxEntry.State.DEAD
        ? Uni.createFrom().item(new Receipt.Kept(entry.get()))
        : stored.receipt(entry.get());
  }

  /** Tries a kept message again; the failure is the reason why the message was not appended. */
  Uni<Void> retry(InboxEntry entry) {
    return progress(entry, Envelope.open(entry.envelope), Caller.NONE, false)
        .flatMap(
            progress ->
                progress instanceof Progress.Submitted submitted
                    ? submitted.item().outcome().replaceWithVoid()
                    : Uni.createFrom().voidItem());
  }

  /** Each step can be repeated: a repetition uses the same ids of messages and mappings. */
  private <T> Uni<T> inTime(Uni<T> step) {
    return DatabaseRetry.within(config.timeout(), step);
  }
}
