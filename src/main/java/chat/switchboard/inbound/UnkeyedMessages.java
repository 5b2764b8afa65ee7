package chat.switchboard.inbound;

import chat.switchboard.inbound.Receipt.Reason;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.ops.Timers;
import chat.switchboard.routing.Route;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.UUID;

/**
 * Takes messages without a key: routes and appends them, and stores only messages that must wait.
 */
@Singleton
class UnkeyedMessages {

  private final EntryRouter router;
  private final ReplyDecision replyDecision;
  private final EntryFactory entries;
  private final Inbox inbox;
  private final LaneDelivery delivery;
  private final DatabaseConfig config;
  private final Timers timers;

  UnkeyedMessages(
      EntryRouter router,
      ReplyDecision replyDecision,
      EntryFactory entries,
      Inbox inbox,
      LaneDelivery delivery,
      DatabaseConfig config,
      Timers timers) {
    this.router = router;
    this.replyDecision = replyDecision;
    this.entries = entries;
    this.inbox = inbox;
    this.delivery = delivery;
    this.config = config;
    this.timers = timers;
  }

  /**
   * The message has the same id in each conversation that it is routed to: after a write without a
   * response the message may be in LibreChat, and the conversation gone.
   */
  Uni<Receipt> receive(InboundMessage message) {
    UUID id = UUID.randomUUID();
    return router
        .remembered(message)
        .map(into -> deliverRemembered(message, id, into))
        .orElseGet(() -> route(message, id));
  }

  private Uni<Receipt> route(InboundMessage message, UUID id) {
    return inTime(router.route(message)).flatMap(route -> follow(message, id, route));
  }

  private Uni<Receipt> follow(InboundMessage message, UUID id, Route route) {
    if (route instanceof Route.Into into) {
      return deliver(Delivery.along(message, into), id, into);
    }
    return Uni.createFrom()
        .item(
            route instanceof Route.Linked linked
                ? new Receipt.Linked(linked.notice())
                : refused((Route.Refused) route));
  }

  /**
   * Delivers into a conversation of an earlier message. The lane reads the conversation together
   * with the end of the thread: one round trip less than a read before.
   */
  private Uni<Receipt> deliverRemembered(InboundMessage message, UUID id, Route.Into into) {
    LaneItem item = delivery.submitRemembered(appended(message, id), into);
    return delivery
        .receipt(item, into, () -> keepRemembered(message, into, item))
        .onFailure(ConversationChanged.class)
        .recoverWithUni(() -> route(message, id));
  }

  /** A message is kept only for a conversation that exists. */
  private Uni<Receipt> keepRemembered(InboundMessage message, Route.Into into, LaneItem item) {
    return item.isRemembered()
        ? inTime(router.route(message))
            .flatMap(
                route ->
                    route instanceof Route.Into current && isSame(current, into)
                        ? keep(message, current, item)
                        : follow(message, item.message.messageId(), route))
        : keep(message, into, item);
  }

  private static boolean isSame(Route.Into current, Route.Into remembered) {
    return current.conversation().conversationId.equals(remembered.conversation().conversationId)
        && current.conversation().user.equals(remembered.conversation().user);
  }

  private static Receipt refused(Route.Refused refused) {
    return new Receipt.Refused(Reason.of(refused.reason()), refused.notice());
  }

  private Uni<Receipt> deliver(InboundMessage message, UUID id, Route.Into into) {
    LaneItem item = delivery.submit(appended(message, id), EntryFactory.sender(message), into);
    return delivery
        .receipt(item, into, () -> keep(message, into, item))
        .onFailure(ConversationChanged.class)
        .recoverWithUni(() -> route(message, id));
  }

  private NewMessage appended(InboundMessage message, UUID id) {
    return Delivery.message(message, id, replyDecision.isWanted(message));
  }

  /**
   * The caller has waited long enough; the lane appends the message from the inbox. The caller is
   * told when no other lane counts the inbox as empty any more: a later message of the caller
   * otherwise comes before this message.
   */
  private Uni<Receipt> keep(InboundMessage message, Route.Into into, LaneItem item) {
    return inTime(inbox.keep(entries.routed(message, into, item.message)))
        .invoke(item::kept)
        .call(() -> timers.pause(LaneBacklog.EMPTY_FOR))
        .map(entry -> new Receipt.Kept(entry, into.notice()));
  }

  /** A repetition of a step uses the same ids of messages and mappings. */
  private <T> Uni<T> inTime(Uni<T> step) {
    return DatabaseRetry.within(config.timeout(), step);
  }
}
