package chat.switchboard.inbound;

import chat.switchboard.inbound.RoutedEntry.InLane;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.routing.Route;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts messages into their lanes, and waits for the outcome as long as the callers wait. */
@Singleton
class LaneDelivery {

  private final Lanes lanes;
  private final InboxConfig config;
  private final Clock clock;

  LaneDelivery(Lanes lanes, InboxConfig config, Clock clock) {
    this.lanes = lanes;
    this.config = config;
    this.clock = clock;
  }

  /** Submits a kept message. */
  LaneItem submit(InboxEntry entry, Route.Into into) {
    return submit(
        new LaneItem(
            into.conversation(), Delivery.message(entry), entry.receivedAt.getTime(), entry));
  }

  /**
   * Submits a message that is in no inbox.
   *
   * @param sender the person and the service number; empty for a message that names a conversation
   */
  LaneItem submit(NewMessage message, Optional<String> sender, Route.Into into) {
    return submit(LaneItem.unkept(into.conversation(), message, clock.millis(), sender));
  }

  /** Submits a message that is in no inbox, and whose conversation the lane has to read. */
  LaneItem submitRemembered(NewMessage message, Route.Into into) {
    return submit(LaneItem.remembered(into.conversation(), message, clock.millis()));
  }

  private LaneItem submit(LaneItem item) {
    lanes.submit(item);
    return item;
  }

  /**
   * Returns the receipt of a kept message: stored, or kept if the caller stops waiting.
   *
   * @param isFirst whether this request is the first with this message
   */
  Uni<Receipt> receipt(LaneItem item, InLane routed, Caller caller, boolean isFirst) {
    Receipt kept = new Receipt.Kept(routed.entry(), routed.route().notice());
    Uni<Receipt> stored = stored(item, routed, isFirst);
    Uni<Receipt> first =
        caller.acceptsKept()
            ? Uni.combine().any().of(stored, item.waiting().<Receipt>map(waits -> kept))
            : stored;
    return first.ifNoItem().after(caller.timeout(config.acceptTimeout())).recoverWithItem(kept);
  }

  private static Uni<Receipt> stored(LaneItem item, InLane routed, boolean isFirst) {
    return item.outcome()
        .map(
            appended ->
                StoredMessages.receipt(
                    appended,
                    EntryRouter.mapping(routed.entry()),
                    routed.route().notice(),
                    isFirst));
  }

  /**
   * Returns the receipt of a message that is not in the inbox: stored, or the result of the
   * caller's timeout.
   */
  Uni<Receipt> receipt(LaneItem item, Route.Into into, Supplier<Uni<Receipt>> onTimeout) {
    return item.outcome()
        .map(appended -> StoredMessages.receipt(appended, into.mapping(), into.notice(), false))
        .ifNoItem()
        .after(config.acceptTimeout())
        .recoverWithUni(onTimeout::get);
  }
}
