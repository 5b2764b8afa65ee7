package chat.switchboard.outbound;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends one text, once, unless it must not be sent any more. */
@ApplicationScoped
class TextSender {

  /**
   * The longest time from the checks of a text to its request. A process that was suspended in
   * between checks again: the person may have opted out meanwhile.
   */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final SendAttempts attempts;
  private final Outbox outbox;
  private final OptOuts optOuts;
  private final SendingSwitch sending;
  private final TextHolding holding;
  private final Carrier carrier;
  private final SentFiles files;
  private final WindowPolicy window;
  private final ReopenTemplate reopen;
  private final Timers timers;
  private final Duration longestSend;

  TextSender(
      SendAttempts attempts,
      Outbox outbox,
      OptOuts optOuts,
      SendingSwitch sending,
      TextHolding holding,
      Carrier carrier,
      SentFiles files,
      WindowPolicy window,
      ReopenTemplate reopen,
      Timers timers,
      CarrierConfig config) {
    this.attempts = attempts;
    this.outbox = outbox;
    this.optOuts = optOuts;
    this.sending = sending;
    this.holding = holding;
    this.carrier = carrier;
    this.files = files;
    this.window = window;
    this.reopen = reopen;
    this.timers = timers;
    // Twice what may be silent: an answer may come in pieces.
    this.longestSend =
        config
            .connectTimeout()
            .plus(config.readTimeout().multipliedBy(2))
            // The time in which Twilio makes buttons.
            .plus(Duration.ofSeconds(5));
  }

  /** Whether an operator has paused all sending. */
  Uni<Boolean> isPaused() {
    return sending.isPaused();
  }

  /**
   * One look at a text that may go.
   *
   * @param begunAt the monotonic time before the checks
   */
  private record Turn(SendRate rate, long begunAt) {}

  /** Sends the text, and notes the outcome in the outbox and in the rate of its number. */
  Uni<Void> send(OutboxEntry entry, SendRate rate) {
    Turn turn = new Turn(rate, timers.nanoTime());
    Optional<String> body = outbox.body(entry);
    if (body.isEmpty()) {
      return attempts.dead(
          entry, "The text was encrypted under another JWT_SECRET and cannot be read");
    }
    return Uni.combine()
        .all()
        .unis(sending.isPaused(), optOuts.has(entry.phoneNumber, entry.sender))
        .asTuple()
        .flatMap(
            found -> {
              if (found.getItem1()) {
                // It stays queued; the next round waits until sending is resumed.
                return Uni.createFrom().voidItem();
              }
              return found.getItem2()
                  ? attempts.block(entry)
                  : cancelledText(entry)
                      .flatMap(
                          cancelled ->
                              cancelled
                                  .map(first -> attempts.cancel(entry, first.cause))
                                  .orElseGet(() -> holdOrOpen(entry, body.get(), turn)));
            });
  }

  /**
   * Returns the first part of this part's text if that is cancelled: the process that cancelled the
   * text has not come to this part yet, or has died.
   */
  private Uni<Optional<OutboxEntry>> cancelledText(OutboxEntry entry) {
    return entry.part == null || entry.part == 1
        ? Uni.createFrom().item(Optional.empty())
        : outbox
            .find(entry.textId)
            .map(found -> found.filter(first -> first.state == OutboxState.CANCELLED));
  }

  private Uni<Void> holdOrOpen(OutboxEntry entry, String body, Turn turn) {
    return holding
        .hold(entry)
        // A text whose first part is sent goes on.
        .map(hold -> hold.filter(quiet -> entry.part == null || entry.part == 1))
        .flatMap(
            hold ->
                hold.isPresent() ? attempts.hold(entry, hold.get()) : inWindow(entry, body, turn));
  }

  private Uni<Void> inWindow(OutboxEntry entry, String body, Turn turn) {
    return window
        .decide(entry, body)
        .flatMap(
            decision -> {
              if (decision instanceof WindowPolicy.Decision.Wait wait) {
                return attempts.awaitWindow(entry, wait);
              }
              if (decision instanceof WindowPolicy.Decision.Fail fail) {
                return attempts.fail(entry, fail.cause());
              }
              return decision instanceof WindowPolicy.Decision.AsTemplate
                  ? reopen
                      .fill(entry, body)
                      .flatMap(filled -> claim(entry, templated(filled), true, turn))
                  : open(entry, body, turn);
            });
  }

  private static Content templated(TemplateMessage filled) {
    return new Content(new SentFiles.Message("", List.of()), Optional.of(filled));
  }

  /** What goes to the carrier: words and files, or a template. */
  private record Content(SentFiles.Message message, Optional<TemplateMessage> template) {}

  private Uni<Void> open(OutboxEntry entry, String body, Turn turn) {
    Optional<TemplateMessage> template = entry.template();
    return template.isPresent()
        ? claim(entry, templated(template.get()), false, turn)
        : openFiles(entry, body, turn);
  }

  private Uni<Void> openFiles(OutboxEntry entry, String body, Turn turn) {
    return files
        .open(entry, body)
        .flatMap(
            message ->
                message
                    .map(ready -> claim(entry, new Content(ready, Optional.empty()), false, turn))
                    // Its files are fetched first.
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  private Uni<Void> claim(OutboxEntry entry, Content content, boolean asTemplate, Turn turn) {
    return attempts
        .claim(entry, asTemplate)
        .flatMap(
            claimed ->
                claimed
                    .map(ours -> handOver(ours, content, turn))
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  private Uni<Void> handOver(OutboxEntry claimed, Content content, Turn turn) {
    FaultPoint.reached("claimed");
    if (timers.nanoTime() - turn.begunAt() > FRESH.toNanos()) {
      return record(
          claimed, new Carrier.Outcome.NotSent("The service was suspended before the request"));
    }
    return carrier
        .send(
            new Carrier.Sms(
                claimed.id,
                claimed.sender,
                claimed.phoneNumber,
                content.message().body(),
                content.message().mediaUrls(),
                content.template(),
                content.template().isPresent() ? Optional.empty() : claimed.buttons()))
        .ifNoItem()
        .after(longestSend)
        .recoverWithItem(new Carrier.Outcome.Ambiguous("Twilio did not answer in time"))
        .onFailure()
        .recoverWithItem(failure -> new Carrier.Outcome.Ambiguous(Cause.of(failure)))
        .invoke(
            outcome -> {
              FaultPoint.reached("handed");
              note(outcome, turn.rate());
            })
        .flatMap(outcome -> record(claimed, outcome))
        .invoke(() -> FaultPoint.reached("recorded"));
  }

  private Uni<Void> record(OutboxEntry claimed, Carrier.Outcome outcome) {
    return attempts
        .record(claimed, outcome)
        // What is known now is known to nobody else.
        .onFailure()
        .retry()
        .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(2))
        .atMost(5);
  }

  private static void note(Carrier.Outcome outcome, SendRate rate) {
    if (outcome instanceof Carrier.Outcome.TryLater later) {
      rate.trouble(later.after().orElse(Duration.ZERO));
    } else if (outcome instanceof Carrier.Outcome.NotSent
        || outcome instanceof Carrier.Outcome.Ambiguous) {
      rate.trouble(Duration.ZERO);
    } else {
      rate.wentWell();
    }
  }
}
