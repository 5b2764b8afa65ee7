package chat.switchboard.inbound;

import chat.switchboard.inbound.Receipt.Reason;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.routing.Route;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Takes messages without a key: routes and appends them, and stores only messages that must wait.
 */
@ApplicationScoped
class UnkeyedMessages {

  private final EntryRouter router;
  private final ReplyDecision replyDecision;
  private final EntryFactory entries;
  private final Inbox inbox;
  private final LaneDelivery delivery;
  private final DatabaseConfig config;

  UnkeyedMessages(
      EntryRouter router,
      ReplyDecision replyDecision,
      EntryFactory entries,
      Inbox inbox,
      LaneDelivery delivery,
      DatabaseConfig config) {
    this.router = router;
    this.replyDecision = replyDecision;
    this.entries = entries;
    this.inbox = inbox;
    this.delivery = delivery;
    this.config = config;
  }

  Uni<Receipt> receive(InboundMessage message) {
    return inTime(router.route(message))
        .flatMap(
            route -> {
              if (route instanceof Route.Into into) {
                return deliver(Delivery.along(message, into), into);
              }
              return Uni.createFrom()
                  .item(
                      route instanceof Route.Linked linked
                          ? new Receipt.Linked(linked.notice())
                          : refused((Route.Refused) route));
            });
  }

  private static Receipt refused(Route.Refused refused) {
    return new Receipt.Refused(Reason.of(refused.reason()), refused.notice());
  }

  private Uni<Receipt> deliver(InboundMessage message, Route.Into into) {
    NewMessage appended =
        Delivery.message(message, UUID.randomUUID(), replyDecision.isWanted(message));
    LaneItem item = delivery.submit(appended, into);
    return delivery.receipt(item, into, () -> keep(message, into, item));
  }

  /** The caller has waited long enough; the lane appends the message from the inbox. */
  private Uni<Receipt> keep(InboundMessage message, Route.Into into, LaneItem item) {
    return inTime(inbox.keep(entries.routed(message, into, item.message)))
        .invoke(item::kept)
        .map(entry -> new Receipt.Kept(entry, into.notice()));
  }

  /** A repetition of a step uses the same ids of messages and mappings. */
  private <T> Uni<T> inTime(Uni<T> step) {
    return DatabaseRetry.within(config.timeout(), step);
  }
}
