package chat.switchboard.inbound;

import chat.switchboard.http.LimitsConfig;
import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.LibreChatRelease;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.librechat.Messages;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** The one road of every message: receive, route, append, announce. */
@ApplicationScoped
public class Pipeline {

  private static final Logger LOG = Logger.getLogger(Pipeline.class);

  /** Twilio is answered within this, although its message is still on the way: it is kept. */
  private static final Duration WEBHOOK_PATIENCE = Duration.ofSeconds(2);

  private final Inbox inbox;
  private final EntryFactory entries;
  private final EntryRouter router;
  private final Messages messages;
  private final Lanes lanes;
  private final ReplyDecision replyDecision;
  private final LibreChatRelease release;
  private final LimitsConfig limitsConfig;
  private final InboxConfig inboxConfig;
  private final DatabaseConfig databaseConfig;
  private final Clock clock;
  private final MeterRegistry meters;
  private final AtomicInteger inFlight = new AtomicInteger();

  Pipeline(
      Inbox inbox,
      EntryFactory entries,
      EntryRouter router,
      Messages messages,
      Lanes lanes,
      ReplyDecision replyDecision,
      LibreChatRelease release,
      LimitsConfig limitsConfig,
      InboxConfig inboxConfig,
      DatabaseConfig databaseConfig,
      Clock clock,
      MeterRegistry meters) {
    this.inbox = inbox;
    this.entries = entries;
    this.router = router;
    this.messages = messages;
    this.lanes = lanes;
    this.replyDecision = replyDecision;
    this.release = release;
    this.limitsConfig = limitsConfig;
    this.inboxConfig = inboxConfig;
    this.databaseConfig = databaseConfig;
    this.clock = clock;
    this.meters = meters;
    Gauge.builder("switchboard.messages.in.flight", inFlight, AtomicInteger::get).register(meters);
  }

  /** Takes a message; when the receipt says stored, or kept, it is in MongoDB. */
  public Uni<Receipt> receive(InboundMessage message) {
    return inTime(release.requirePlainText()).flatMap(plain -> take(message));
  }

  private Uni<Receipt> take(InboundMessage message) {
    if (inFlight.incrementAndGet() > limitsConfig.inFlight()) {
      inFlight.decrementAndGet();
      return counted(message, Uni.createFrom().item(new Receipt.Busy()));
    }
    Uni<Receipt> receipt =
        message.key().map(key -> once(message, key)).orElseGet(() -> unkeyed(message));
    return counted(message, receipt).onTermination().invoke(inFlight::decrementAndGet);
  }

  private Uni<Receipt> unkeyed(InboundMessage message) {
    return inTime(router.route(message))
        .flatMap(
            route ->
                route instanceof Route.Into into
                    ? deliverUnkeyed(message, into)
                    : Uni.createFrom().item(refused(route)));
  }

  private Uni<Receipt> deliverUnkeyed(InboundMessage message, Route.Into into) {
    UUID messageId = UUID.randomUUID();
    boolean wanted = replyDecision.isWanted(message);
    InboundMessage along = Delivery.along(message, into);
    LaneItem item =
        new LaneItem(
            into.conversation(), Delivery.message(along, messageId, wanted), clock.millis(), null);
    lanes.submit(item);
    return item.outcome()
        .map(appended -> stored(appended, into.mapping(), into.notice()))
        .ifNoItem()
        .after(inboxConfig.acceptTimeout())
        .recoverWithUni(
            () ->
                inTime(inbox.keep(entries.routed(along, into, messageId, wanted)))
                    .invoke(item::kept)
                    .map(entry -> new Receipt.Kept(entry, into.notice())));
  }

  /** Whether this message of Twilio's came before. */
  public Uni<Boolean> isKnown(TwilioMessage message) {
    String id = DedupeIds.of(message).toString();
    return inbox
        .has(id)
        // LibreChat's message outlives the entry.
        .flatMap(kept -> kept ? Uni.createFrom().item(true) : messages.exists(id));
  }

  private Uni<Receipt> once(InboundMessage message, DedupeKey key) {
    return inTime(inbox.accept(entries.received(message, key, replyDecision.isWanted(message))))
        .flatMap(
            entry -> {
              if (!(key instanceof TwilioMessage)
                  && !entry.fingerprint.equals(Fingerprint.of(message))) {
                return Uni.createFrom().item(new Receipt.Conflict());
              }
              return switch (entry.state) {
                case APPENDED -> inTime(replay(entry));
                case DEAD -> Uni.createFrom().item(new Receipt.Kept(entry));
                case RECEIVED -> proceed(entry, message, key);
              };
            });
  }

  /** From here on the message is kept: whatever happens, it can be appended later. */
  private Uni<Receipt> proceed(InboxEntry entry, InboundMessage message, DedupeKey key) {
    Uni<Receipt> receipt = inTime(drive(entry, message, key, true)).flatMap(this::await);
    return key instanceof TwilioMessage
        ? receipt
            .onFailure()
            .recoverWithItem(
                failure -> {
                  LOG.warnf(
                      "Message %s is in the inbox and will be retried: %s",
                      entry.id, Cause.of(failure));
                  return new Receipt.Kept(entry);
                })
        : receipt;
  }

  /** Where a message has got to: it is in its lane, or it has come to its end. */
  private sealed interface Progress {
    record InLane(LaneItem item, InboxEntry entry, DedupeKey key, Optional<String> notice)
        implements Progress {}

    record Ended(Receipt receipt) implements Progress {}
  }

  private Uni<Receipt> await(Progress progress) {
    if (progress instanceof Progress.Ended ended) {
      return Uni.createFrom().item(ended.receipt());
    }
    Progress.InLane inLane = (Progress.InLane) progress;
    Receipt kept = new Receipt.Kept(inLane.entry(), inLane.notice());
    Uni<Receipt> outcome =
        inLane
            .item()
            .outcome()
            .map(
                appended -> stored(appended, EntryRouter.mapping(inLane.entry()), inLane.notice()));
    if (inLane.key() instanceof TwilioMessage) {
      return Uni.combine()
          .any()
          .of(outcome, inLane.item().waiting().<Receipt>map(waits -> kept))
          .ifNoItem()
          .after(WEBHOOK_PATIENCE)
          .recoverWithItem(kept);
    }
    return outcome.ifNoItem().after(inboxConfig.acceptTimeout()).recoverWithItem(kept);
  }

  /**
   * Finds the way of a kept message and puts it into its lane.
   *
   * @param first whether its caller still waits for the answer, and may be refused
   */
  private Uni<Progress> drive(
      InboxEntry entry, InboundMessage message, DedupeKey key, boolean first) {
    Uni<Route> routed = entry.lane == null ? router.route(message) : router.again(entry);
    return routed.flatMap(
        route -> {
          if (route instanceof Route.Linked linked) {
            return inbox
                .appended(List.of(entry.id))
                .replaceWith(new Progress.Ended(new Receipt.Linked(linked.notice())));
          }
          if (!(route instanceof Route.Into into)) {
            return noWay(entry, message, key, route, first);
          }
          UUID messageId =
              entry.messageId != null
                  ? UUID.fromString(entry.messageId)
                  : DedupeIds.message(key, into.conversation().conversationId);
          return (entry.lane != null
                  ? Uni.createFrom().item(entry)
                  : inbox.route(entry, message, into, messageId))
              .flatMap(
                  fixed -> {
                    if (fixed == null || fixed.state != State.RECEIVED) {
                      return ended(fixed);
                    }
                    return into.conversation().conversationId.equals(fixed.lane)
                        ? submit(fixed, into, key)
                        : drive(fixed, message, key, first);
                  });
        });
  }

  private Uni<Progress> submit(InboxEntry entry, Route.Into into, DedupeKey key) {
    LaneItem item =
        new LaneItem(
            into.conversation(), Delivery.message(entry), entry.receivedAt.getTime(), entry);
    lanes.submit(item);
    return Uni.createFrom().item(new Progress.InLane(item, entry, key, into.notice()));
  }

  /** Another replica was faster. */
  private Uni<Progress> ended(InboxEntry entry) {
    if (entry == null) {
      return Uni.createFrom().item(new Progress.Ended(new Receipt.Gone()));
    }
    return entry.state == State.DEAD
        ? Uni.createFrom().item(new Progress.Ended(new Receipt.Kept(entry)))
        : replay(entry).map(Progress.Ended::new);
  }

  private Uni<Progress> noWay(
      InboxEntry entry, InboundMessage message, DedupeKey key, Route route, boolean first) {
    if (entry.lane != null && message.destination() instanceof ToContact) {
      // The person's conversation was deleted since: there is another by now, or one will be made.
      return inbox
          .unroute(entry)
          .flatMap(
              fresh ->
                  fresh == null || fresh.state != State.RECEIVED
                      ? ended(fresh)
                      : drive(fresh, message, key, first));
    }
    boolean turnedAway =
        !(route instanceof Route.NoOwner
            || route instanceof Route.NoConversation
            || route instanceof Route.ReadOnly);
    if (turnedAway || (first && !(key instanceof TwilioMessage))) {
      return inbox.forget(entry).replaceWith(new Progress.Ended(refused(route)));
    }
    String reason =
        route instanceof Route.NoOwner
            ? "Nobody to open a conversation for: SWITCHBOARD_OWNER names no LibreChat user."
            : route instanceof Route.ReadOnly
                ? "The conversation is the thread of a sub-agent, which is read-only in LibreChat."
                : "The conversation was deleted.";
    LOG.errorf("Message %s is a dead letter: %s", entry.id, reason);
    meters.counter("switchboard.inbox.dead").increment();
    return inbox.bury(entry, reason).map(buried -> new Progress.Ended(new Receipt.Kept(buried)));
  }

  /** Tries a message again that was left over; the failure says why it did not go. */
  Uni<Void> retry(InboxEntry entry) {
    InboundMessage message = Envelope.open(entry.envelope);
    DedupeKey key = message.key().orElse(null);
    return drive(entry, message, key, false)
        .flatMap(
            progress ->
                progress instanceof Progress.InLane inLane
                    ? inLane.item().outcome().replaceWithVoid()
                    : Uni.createFrom().voidItem());
  }

  private Uni<Receipt> replay(InboxEntry entry) {
    if (entry.messageId == null) {
      // It was a code and nothing else, and was answered then.
      return Uni.createFrom().item(new Receipt.Linked(Optional.empty()));
    }
    return messages
        .find(entry.messageId, entry.user)
        .map(
            found ->
                found
                    .<Receipt>map(
                        message ->
                            new Receipt.Stored(
                                message, EntryRouter.mapping(entry), true, Optional.empty()))
                    .orElseGet(Receipt.Gone::new));
  }

  /** Each step can be repeated: a repetition uses the same keys of messages and mappings. */
  private <T> Uni<T> inTime(Uni<T> step) {
    return DatabaseRetry.within(databaseConfig.timeout(), step);
  }

  private static Receipt stored(
      Appended appended, Optional<MappingUsed> mapping, Optional<String> notice) {
    FaultPoint.reached("announced");
    boolean replayed = appended instanceof Appended.Before;
    return new Receipt.Stored(
        appended.message(), mapping, replayed, replayed ? Optional.empty() : notice);
  }

  private static Receipt refused(Route route) {
    if (route instanceof Route.NoOwner) {
      return new Receipt.NoOwner();
    }
    if (route instanceof Route.Stranger stranger) {
      return new Receipt.Stranger(stranger.notice());
    }
    if (route instanceof Route.Linked linked) {
      return new Receipt.Linked(linked.notice());
    }
    if (route instanceof Route.ReadOnly) {
      return new Receipt.ReadOnly();
    }
    if (route instanceof Route.WrongCode) {
      return new Receipt.WrongCode();
    }
    return route instanceof Route.TooManyCodes
        ? new Receipt.TooManyCodes()
        : new Receipt.NoConversation();
  }

  private Uni<Receipt> counted(InboundMessage message, Uni<Receipt> receipt) {
    String door = message.destination() instanceof ToConversation ? "conversation" : "contact";
    long begin = System.nanoTime();
    return receipt.invoke(
        given -> {
          meters
              .counter(
                  "switchboard.messages",
                  "door",
                  door,
                  "outcome",
                  given.getClass().getSimpleName().toLowerCase(Locale.ROOT))
              .increment();
          MessageLog.answered(message, given, Duration.ofNanos(System.nanoTime() - begin));
        });
  }
}
