package chat.switchboard.outbound;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.outbound.SpendGuard.Origin;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Stores texts until they are sent, and their states. */
@ApplicationScoped
public class Outbox implements Outgoing {

  private static final Logger LOG = Logger.getLogger(Outbox.class);

  private final OutboxEntries store;
  private final Carrier carrier;
  private final Senders senders;
  private final OptOuts optOuts;
  private final PrivateWords privateWords;
  private final Secrets secrets;
  private final SpendGuard spend;
  private final TextHolding holding;
  private final WindowPolicy window;
  private final SessionWindows windows;
  private final OutboxConfig config;
  private final Transitions transitions;
  private final OutboxEntryFactory factory;
  private final Event<TextQueued> queued;
  private final Event<FilesQueued> filesQueued;

  Outbox(
      OutboxEntries store,
      Carrier carrier,
      Senders senders,
      OptOuts optOuts,
      PrivateWords privateWords,
      Secrets secrets,
      SpendGuard spend,
      TextHolding holding,
      WindowPolicy window,
      SessionWindows windows,
      OutboxConfig config,
      Transitions transitions,
      OutboxEntryFactory factory,
      Event<TextQueued> queued,
      Event<FilesQueued> filesQueued) {
    this.store = store;
    this.carrier = carrier;
    this.senders = senders;
    this.optOuts = optOuts;
    this.privateWords = privateWords;
    this.secrets = secrets;
    this.spend = spend;
    this.holding = holding;
    this.window = window;
    this.windows = windows;
    this.config = config;
    this.transitions = transitions;
    this.factory = factory;
    this.queued = queued;
    this.filesQueued = filesQueued;
  }

  /** The result of an order. */
  public sealed interface Receipt {

    /**
     * The text is queued.
     *
     * @param entries the parts of the text
     * @param replayed whether the text had been requested before
     */
    record Kept(List<OutboxEntry> entries, boolean replayed) implements Receipt {}

    /** Another text was requested under the same id. */
    record Conflict() implements Receipt {}

    /**
     * Too many texts wait for their time; no text is stored.
     *
     * @param limit the number of messages that may wait
     */
    record Full(int limit) implements Receipt {}

    /** The spend guard refuses the text; no text is stored. */
    record Denied(SpendGuard.Verdict.Denied why) implements Receipt {}

    /**
     * WhatsApp's window is closed, and the caller does not want the text to wait; no text is
     * stored.
     */
    record OutsideWindow(String cause) implements Receipt {}
  }

  /**
   * Returns why no text can be sent, with the name of the missing setting; empty if sending is
   * configured.
   */
  public Optional<String> unavailable(Optional<String> from) {
    return carrier
        .unavailable()
        .or(
            () ->
                sender(from, "").isEmpty()
                    ? Optional.of("SWITCHBOARD_TWILIO_FROM is not set, so texts have no sender")
                    : Optional.empty());
  }

  /**
   * Returns the sender of a text to this person: the requested or the configured sender, in the
   * person's channel.
   */
  public Optional<String> sender(Optional<String> from, String to) {
    return senders.of(from, to);
  }

  /** Whether a template is configured that carries texts outside WhatsApp's window. */
  public boolean hasReopenTemplate() {
    return window.hasTemplate();
  }

  /** A text that the spend guard refuses is stored as blocked. */
  @Override
  public Uni<Void> queue(OutgoingText text) {
    SmsOrder order = new SmsOrder(text, null, null, null, Optional.empty());
    // A crash or another replica can repeat the request for a text: the text is counted once.
    return find(text.id(), null)
        .flatMap(
            before ->
                before.isPresent()
                    ? Uni.createFrom().item(before.get())
                    : queue(order, Origin.SERVICE))
        .replaceWithVoid();
  }

  /**
   * Queues a text; a text that was requested before under the same id is not stored twice. A text
   * that the spend guard refuses is not stored.
   */
  public Uni<Receipt> queue(SmsOrder order) {
    return queue(order, Origin.CALLER);
  }

  private Uni<Receipt> queue(SmsOrder order, Origin origin) {
    OutgoingText text = order.text();
    Optional<String> sender = sender(text.from(), text.to());
    Optional<String> missing =
        PhoneAddress.of(text.to()).unreachable().or(() -> unavailable(text.from()));
    if (missing.isPresent()) {
      return refuse(order, sender.orElse(null), OutboxState.FAILED, missing.get());
    }
    return forbidden(text, sender.orElseThrow())
        .flatMap(
            cause ->
                cause
                    .map(why -> refuse(order, sender.get(), OutboxState.BLOCKED, why))
                    .orElseGet(() -> holdOrPay(order, sender.get(), origin)));
  }

  private Uni<Receipt> holdOrPay(SmsOrder order, String sender, Origin origin) {
    return holding
        .hold(order.time(), order.text().to())
        .flatMap(
            hold ->
                hold.isPresent()
                    ? hold(order, sender, hold.get(), origin)
                    : inWindow(order, sender, origin));
  }

  private Uni<Receipt> inWindow(SmsOrder order, String sender, Origin origin) {
    if (!SessionWindows.has(order.text().to())) {
      return pay(order, sender, origin);
    }
    OutboxEntry first = factory.entries(order, sender, OutboxState.HELD, null).get(0);
    return window
        .decide(first, body(first).orElse(""))
        .flatMap(
            decision -> {
              if (decision instanceof WindowPolicy.Decision.Wait wait) {
                return await(order, sender, wait, origin);
              }
              if (decision instanceof WindowPolicy.Decision.Fail fail) {
                return origin == Origin.CALLER
                    ? Uni.createFrom().item(new Receipt.OutsideWindow(fail.cause()))
                    : refuse(order, sender, OutboxState.FAILED, fail.cause());
              }
              return pay(order, sender, origin);
            });
  }

  private Uni<Receipt> await(
      SmsOrder order, String sender, WindowPolicy.Decision.Wait wait, Origin origin) {
    List<OutboxEntry> entries = factory.entries(order, sender, OutboxState.HELD, wait.cause());
    for (OutboxEntry entry : entries) {
      entry.awaitsWindow = true;
      entry.windowUntil = wait.until();
      entry.nextAttemptAt = wait.until();
      entry.uncounted = true;
    }
    return store(entries, order, origin).call(() -> windows.recheck(entries.get(0)));
  }

  /** Returns why the person may not get the text. */
  private Uni<Optional<String>> forbidden(OutgoingText text, String sender) {
    return optOuts
        .has(text.to(), sender)
        .flatMap(
            optedOut ->
                optedOut
                    ? Uni.createFrom().item(Optional.of(OptOuts.CAUSE))
                    : privateWords.refusal(text.to(), text.conversationId(), text.text()));
  }

  /** The spend guard counts a held text when its time has come. */
  private Uni<Receipt> hold(SmsOrder order, String sender, TextHolding.Hold hold, Origin origin) {
    List<OutboxEntry> entries = factory.entries(order, sender, OutboxState.HELD, hold.cause());
    for (OutboxEntry entry : entries) {
      entry.sendAt = hold.until();
      entry.nextAttemptAt = hold.until();
      entry.uncounted = true;
    }
    return store(entries, order, origin);
  }

  private Uni<Receipt> store(List<OutboxEntry> entries, SmsOrder order, Origin origin) {
    return hasRoom(entries.size(), origin)
        .flatMap(
            room ->
                room
                    ? store
                        .insert(entries)
                        .flatMap(isNew -> isNew ? kept(entries, OutboxState.HELD) : replay(order))
                    : Uni.createFrom().item(new Receipt.Full(config.maxHeld())));
  }

  /** Nothing else limits how many texts a caller lets wait. */
  private Uni<Boolean> hasRoom(int more, Origin origin) {
    return origin == Origin.CALLER
        ? store.countHeld(config.maxHeld() + 1).map(held -> held + more <= config.maxHeld())
        : Uni.createFrom().item(true);
  }

  /** The text is counted first and stored second: a crash in between counts too much. */
  private Uni<Receipt> pay(SmsOrder order, String sender, Origin origin) {
    List<OutboxEntry> entries = factory.entries(order, sender, OutboxState.QUEUED, null);
    return spend
        .request(wish(order.text(), sender, entries, origin))
        .flatMap(
            verdict -> {
              if (verdict instanceof SpendGuard.Verdict.Denied denied) {
                return denied(order, sender, origin, denied);
              }
              FaultPoint.reached("counted");
              SpendGuard.Grant grant = ((SpendGuard.Verdict.Granted) verdict).grant();
              return store
                  .insert(entries)
                  .flatMap(
                      isNew ->
                          isNew
                              ? kept(entries, OutboxState.QUEUED)
                              // Another request has stored and counted the same text meanwhile.
                              : spend.giveBack(grant).flatMap(done -> replay(order)));
            });
  }

  private static SpendGuard.Wish wish(
      OutgoingText text, String sender, List<OutboxEntry> entries, Origin origin) {
    return new SpendGuard.Wish(
        text.to(),
        Optional.of(sender),
        Optional.of(text.conversationId()),
        SpendGuard.billed(text.to(), entries),
        origin);
  }

  /** A text that another request stored meanwhile is counted by that request, and is sent. */
  private Uni<Receipt> denied(
      SmsOrder order, String sender, Origin origin, SpendGuard.Verdict.Denied denied) {
    return find(order.text().id(), order.fingerprint())
        .flatMap(
            before -> {
              if (before.isPresent()) {
                return Uni.createFrom().item(before.get());
              }
              return origin == Origin.CALLER
                  ? Uni.createFrom().item(new Receipt.Denied(denied))
                  : keep(order, sender, OutboxState.BLOCKED, denied.cause());
            });
  }

  private Uni<Receipt> refuse(SmsOrder order, String sender, OutboxState state, String cause) {
    return keep(order, sender, state, cause)
        .invoke(
            receipt -> {
              if (receipt instanceof Receipt.Kept kept && !kept.replayed()) {
                LOG.warnf(
                    "Text %s to %s is not sent: %s",
                    order.text().id(), Mask.phone(order.text().to()), cause);
              }
            });
  }

  private Uni<Receipt> keep(SmsOrder order, String sender, OutboxState state, String cause) {
    List<OutboxEntry> entries = factory.entries(order, sender, state, cause);
    return store.insert(entries).flatMap(isNew -> isNew ? kept(entries, state) : replay(order));
  }

  private Uni<Receipt> kept(List<OutboxEntry> entries, OutboxState state) {
    FaultPoint.reached("queued");
    transitions.count(state);
    if (state == OutboxState.QUEUED) {
      entries.stream()
          .filter(entry -> entry.filesDueAt != null)
          .forEach(entry -> filesQueued.fire(new FilesQueued(entry.id)));
      if (entries.get(0).filesDueAt == null) {
        queued.fire(new TextQueued(entries.get(0).sender));
      }
    }
    return Uni.createFrom().item(new Receipt.Kept(entries, false));
  }

  /** Returns the text that was requested under this id before; empty if there is none. */
  public Uni<Optional<Receipt>> find(String textId, String fingerprint) {
    return store
        .parts(textId)
        .map(
            entries ->
                entries.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                        fingerprint == null || fingerprint.equals(entries.get(0).fingerprint)
                            ? new Receipt.Kept(entries, true)
                            : new Receipt.Conflict()));
  }

  private Uni<Receipt> replay(SmsOrder order) {
    return find(order.text().id(), order.fingerprint())
        .map(found -> found.orElseGet(() -> new Receipt.Kept(List.of(), true)));
  }

  /** Returns the text that the phone shows; empty if the text was sealed under another secret. */
  public Optional<String> body(OutboxEntry entry) {
    return Boolean.TRUE.equals(entry.sealed)
        ? secrets.open(entry.body)
        : Optional.ofNullable(entry.body);
  }

  /** Returns the code of the mapping that was created for the text. */
  public Optional<String> code(OutboxEntry entry) {
    return Optional.ofNullable(entry.code).flatMap(secrets::open);
  }

  /** Returns one text, or one part. */
  public Uni<Optional<OutboxEntry>> find(String id) {
    return store.findById(id).map(Optional::ofNullable);
  }
}
