package chat.switchboard.outbound;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.outbound.DeliveryReport.News;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Claims texts for the carrier, and records the result of each attempt. */
@ApplicationScoped
class SendAttempts {

  private static final Logger LOG = Logger.getLogger(SendAttempts.class);

  /**
   * Longer than a request to the carrier takes: a claim of this age was left by a process that
   * died.
   */
  private static final Duration LOOK_AFTER_CLAIM = Duration.ofSeconds(30);

  private final OutboxConfig config;
  private final Transitions transitions;
  private final OptOuts optOuts;
  private final RefusedByWindow refusals;
  private final SessionWindows windows;

  SendAttempts(
      OutboxConfig config,
      Transitions transitions,
      OptOuts optOuts,
      RefusedByWindow refusals,
      SessionWindows windows) {
    this.refusals = refusals;
    this.windows = windows;
    this.config = config;
    this.transitions = transitions;
    this.optOuts = optOuts;
  }

  /** Claims a queued text; only the caller that gets the text may hand it to the carrier. */
  Uni<Optional<OutboxEntry>> claim(OutboxEntry entry, boolean asTemplate) {
    return transitions.take(
        OutboxCondition.inState(entry, OutboxState.QUEUED),
        OutboxState.SENDING,
        null,
        Optional.of(transitions.in(LOOK_AFTER_CLAIM)),
        entry.lane,
        List.of(OutboxChange.beginTry(), OutboxChange.asTemplate(asTemplate)));
  }

  /** Marks a text as ambiguous whose process died, or lost the lease, during the request. */
  Uni<Void> abandoned(OutboxEntry entry) {
    return ambiguous(
        entry,
        "The service stopped during the request to Twilio; whether Twilio has the text is unknown");
  }

  /** Records the result of a request to the carrier. */
  Uni<Void> record(OutboxEntry claimed, Carrier.Outcome outcome) {
    if (outcome instanceof Carrier.Outcome.Sent sent) {
      return sent(claimed, sent);
    }
    if (outcome instanceof Carrier.Outcome.Refused refused) {
      return unlessKept(
          claimed,
          refused.code(),
          Optional.empty(),
          () -> end(claimed, OutboxState.FAILED, refused.code(), refused.cause()));
    }
    if (outcome instanceof Carrier.Outcome.OptedOut out) {
      return optOuts
          .add(
              claimed.phoneNumber,
              List.of(claimed.sender),
              String.valueOf(out.code()),
              Optional.empty())
          .flatMap(done -> end(claimed, OutboxState.BLOCKED, out.code(), out.cause()));
    }
    if (outcome instanceof Carrier.Outcome.TryLater later) {
      return later(claimed, later.after(), later.cause());
    }
    if (outcome instanceof Carrier.Outcome.NotSent notSent) {
      return later(claimed, Optional.empty(), notSent.cause());
    }
    return ambiguous(claimed, ((Carrier.Outcome.Ambiguous) outcome).cause());
  }

  private Uni<Void> sent(OutboxEntry claimed, Carrier.Outcome.Sent sent) {
    if (claimed.pastSids != null && claimed.pastSids.contains(sent.sid())) {
      return ambiguous(
          claimed,
          "Twilio answered with the SID of an earlier try of this text; whether Twilio has this try is"
              + " unknown");
    }
    return report(claimed, sent)
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () ->
                ambiguous(
                    claimed,
                    "Twilio answered with the SID of another text; whether Twilio has this text is"
                        + " unknown"));
  }

  /**
   * Stores the status in the response itself: Twilio may give a text up with the answer that names
   * it.
   */
  private Uni<Void> report(OutboxEntry claimed, Carrier.Outcome.Sent sent) {
    if (sent.news() instanceof News.OptedOut out) {
      return optOuts
          .add(
              claimed.phoneNumber,
              List.of(claimed.sender),
              String.valueOf(out.code()),
              Optional.of(sent.sid()))
          .flatMap(done -> store(claimed, sent.sid(), NewsState.of(sent.news())));
    }
    NewsState news = NewsState.of(sent.news());
    return unlessKept(
        claimed, news.code(), Optional.of(sent.sid()), () -> store(claimed, sent.sid(), news));
  }

  /** A text that WhatsApp refused because its window is closed can go later. */
  private Uni<Void> unlessKept(
      OutboxEntry claimed, Integer code, Optional<String> sid, Supplier<Uni<Void>> otherwise) {
    return RefusedByWindow.concerns(claimed, code)
        ? refusals
            .keep(claimed, inHand(claimed), sid, claimed.openWords())
            .flatMap(result -> result.kept() ? Uni.createFrom().voidItem() : otherwise.get())
        : otherwise.get();
  }

  private Uni<Void> store(OutboxEntry claimed, String sid, NewsState news) {
    return transitions
        .end(
            OutboxCondition.claimedBelow(claimed, news.state()),
            news.state(),
            news.cause(),
            OutboxChange.sid(sid),
            news.codeUpdate())
        .replaceWithVoid();
  }

  private Uni<Void> later(OutboxEntry claimed, Optional<Duration> after, String cause) {
    if (claimed.attempts >= config.maxAttempts()) {
      return dead(
          claimed,
          "Twilio did not take the text in "
              + claimed.attempts
              + " attempts. Last failure: "
              + cause);
    }
    return transitions
        .take(
            inHand(claimed),
            OutboxState.QUEUED,
            cause,
            Optional.of(transitions.nextAttempt(claimed.attempts, after)),
            claimed.sender,
            List.of())
        .replaceWithVoid();
  }

  private Uni<Void> ambiguous(OutboxEntry claimed, String cause) {
    return transitions
        .take(
            OutboxCondition.claimed(claimed, OutboxState.SENDING),
            OutboxState.AMBIGUOUS,
            cause,
            Optional.of(transitions.in(config.callbackTimeout())),
            null,
            List.of())
        .invoke(
            changed ->
                changed.ifPresent(
                    one -> LOG.warnf("Text %s waits for a status callback: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private Uni<Void> end(OutboxEntry claimed, OutboxState state, int code, String cause) {
    return transitions
        .end(inHand(claimed), state, cause, OutboxChange.errorCode(code))
        .replaceWithVoid();
  }

  /** Blocks a text whose recipient has opted out since the text was queued. */
  Uni<Void> block(OutboxEntry entry) {
    return transitions
        .end(OutboxCondition.inState(entry, OutboxState.QUEUED), OutboxState.BLOCKED, OptOuts.CAUSE)
        .replaceWithVoid();
  }

  /** Cancels a part of a text whose first part is cancelled. */
  Uni<Void> cancel(OutboxEntry part, String cause) {
    return transitions
        .end(OutboxCondition.inState(part, OutboxState.QUEUED), OutboxState.CANCELLED, cause)
        .replaceWithVoid();
  }

  /** Holds a text, with all of its parts, whose turn comes in the person's quiet hours. */
  Uni<Void> hold(OutboxEntry first, TextHolding.Hold hold) {
    return transitions.hold(first.ids(), List.of(OutboxState.QUEUED), hold);
  }

  /** Holds a text, with all of its parts, until the person writes. */
  Uni<Void> awaitWindow(OutboxEntry entry, WindowPolicy.Decision.Wait wait) {
    return transitions
        .awaitWindow(entry.ids(), List.of(OutboxState.QUEUED), wait)
        .chain(() -> windows.recheck(entry));
  }

  /** Ends a queued text that cannot go. */
  Uni<Void> fail(OutboxEntry entry, String cause) {
    return transitions
        .end(
            OutboxCondition.inState(entry, OutboxState.QUEUED),
            OutboxState.FAILED,
            cause,
            OutboxChange.errorCode(WindowPolicy.CLOSED))
        .replaceWithVoid();
  }

  /** Makes the text a dead letter, which an operator requeues or drops. */
  Uni<Void> dead(OutboxEntry entry, String cause) {
    return transitions
        .end(OutboxCondition.unchanged(entry), OutboxState.DEAD, cause)
        .invoke(
            changed ->
                changed.ifPresent(one -> LOG.errorf("Text %s is a dead letter: %s", one.id, cause)))
        .replaceWithVoid();
  }

  private static OutboxCondition inHand(OutboxEntry claimed) {
    return OutboxCondition.claimed(claimed, OutboxState.SENDING, OutboxState.AMBIGUOUS);
  }
}
