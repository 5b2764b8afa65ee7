package chat.switchboard.outbound;

import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.ops.Periodic;
import chat.switchboard.outbound.SpendGuard.Grant;
import chat.switchboard.outbound.SpendGuard.Origin;
import chat.switchboard.outbound.SpendGuard.Verdict;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Queues held texts when their time has come, if the person, the number and the spend guard still
 * permit the text. The replica that claims the first part decides for all parts; a crash in between
 * leaves the text to the next look.
 */
@ApplicationScoped
class HeldTexts {

  private static final Logger LOG = Logger.getLogger(HeldTexts.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Looking for held texts");
  private static final int AT_ONCE = 200;

  /** Longer than the decision on a text takes. */
  private static final Duration LEASE = Duration.ofSeconds(10);

  private final OutboxEntries entries;
  private final Carrier carrier;
  private final OptOuts optOuts;
  private final PrivateWords privateWords;
  private final SpendGuard spend;
  private final TextHolding holding;
  private final WindowPolicy window;
  private final SessionWindows windows;
  private final Transitions transitions;
  private final Clock clock;
  private final Event<TextQueued> queued;
  private final Event<FilesQueued> filesQueued;
  private final AtomicInteger wanted = new AtomicInteger();

  HeldTexts(
      OutboxEntries entries,
      Carrier carrier,
      OptOuts optOuts,
      PrivateWords privateWords,
      SpendGuard spend,
      TextHolding holding,
      WindowPolicy window,
      SessionWindows windows,
      Transitions transitions,
      Clock clock,
      Event<TextQueued> queued,
      Event<FilesQueued> filesQueued) {
    this.entries = entries;
    this.carrier = carrier;
    this.optOuts = optOuts;
    this.privateWords = privateWords;
    this.spend = spend;
    this.holding = holding;
    this.window = window;
    this.windows = windows;
    this.transitions = transitions;
    this.clock = clock;
    this.queued = queued;
    this.filesQueued = filesQueued;
  }

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    // A further run waits for the run in progress, so that the texts of a person keep their order.
    return wanted.getAndIncrement() == 0
        ? Uni.createFrom()
            .deferred(this::round)
            .repeat()
            .until(done -> isLast())
            .collect()
            .last()
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  private boolean isLast() {
    boolean isLast = wanted.compareAndSet(1, 0);
    if (!isLast) {
      wanted.set(1);
    }
    return isLast;
  }

  void onWindowOpened(@Observes WindowOpened event) {
    sweep().subscribe().with(done -> {});
  }

  private Uni<Boolean> round() {
    return PERIODIC
        .run(
            entries
                .dueHeld(new Date(clock.millis()), AT_ONCE)
                .map(due -> due.stream().map(entry -> entry.textId).distinct().toList())
                .onItem()
                .transformToMulti(texts -> Multi.createFrom().iterable(texts))
                .onItem()
                .transformToUniAndConcatenate(this::tried)
                .collect()
                .asList())
        .replaceWith(true);
  }

  /** One text that cannot be queued keeps no other one back. */
  private Uni<Void> tried(String textId) {
    return entries
        .parts(textId)
        .flatMap(this::release)
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("The held text %s will be looked at later: %s", textId, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> release(List<OutboxEntry> parts) {
    if (parts.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    OutboxEntry first = parts.get(0);
    return first.state == OutboxState.HELD
        ? entries
            .claimHeld(first, transitions.now(), transitions.in(LEASE))
            .flatMap(claimed -> claimed ? decide(parts) : Uni.createFrom().voidItem())
        : follow(parts);
  }

  private Uni<Void> decide(List<OutboxEntry> parts) {
    OutboxEntry first = parts.get(0);
    Optional<String> missing = carrier.unavailable();
    if (missing.isPresent()) {
      return end(parts, OutboxState.FAILED, missing.get());
    }
    return forbidden(first)
        .flatMap(
            cause ->
                cause
                    .map(why -> end(parts, OutboxState.BLOCKED, why))
                    .orElseGet(() -> holding.hold(first).flatMap(hold -> goOrWait(parts, hold))));
  }

  /** Returns why the person may not get the text any more. */
  private Uni<Optional<String>> forbidden(OutboxEntry first) {
    return optOuts
        .has(first.phoneNumber, first.sender)
        .flatMap(
            optedOut ->
                optedOut
                    ? Uni.createFrom().item(Optional.of(OptOuts.CAUSE))
                    : privateWords.refusal(
                        first.phoneNumber, first.conversationId, first.openWords()));
  }

  private Uni<Void> goOrWait(List<OutboxEntry> parts, Optional<TextHolding.Hold> hold) {
    return hold.isPresent()
        ? transitions
            .hold(parts.get(0).ids(), List.of(OutboxState.HELD), hold.get())
            .replaceWithVoid()
        : inWindow(parts);
  }

  private Uni<Void> inWindow(List<OutboxEntry> parts) {
    OutboxEntry first = parts.get(0);
    return window
        .decide(first, first.openWords())
        .flatMap(
            decision -> {
              if (decision instanceof WindowPolicy.Decision.Wait wait) {
                return transitions
                    .awaitWindow(first.ids(), List.of(OutboxState.HELD), wait)
                    .chain(() -> windows.recheck(first));
              }
              return decision instanceof WindowPolicy.Decision.Fail fail
                  ? end(parts, OutboxState.FAILED, fail.cause())
                  : pay(parts);
            });
  }

  /** A text is counted on the day on which it is queued. */
  private Uni<Void> pay(List<OutboxEntry> parts) {
    OutboxEntry first = parts.get(0);
    if (!Boolean.TRUE.equals(first.uncounted)) {
      return queue(parts, new Grant());
    }
    return spend
        .request(
            new SpendGuard.Wish(
                first.phoneNumber,
                Optional.of(first.sender),
                Optional.ofNullable(first.conversationId),
                SpendGuard.billed(first.phoneNumber, parts),
                first.fingerprint == null ? Origin.SERVICE : Origin.CALLER))
        .flatMap(
            verdict -> {
              if (verdict instanceof Verdict.Denied denied) {
                return end(parts, OutboxState.BLOCKED, denied.cause());
              }
              FaultPoint.reached("counted");
              return queue(parts, ((Verdict.Granted) verdict).grant());
            });
  }

  private Uni<Void> queue(List<OutboxEntry> parts, Grant grant) {
    return queue(parts.get(0))
        .flatMap(
            first -> {
              FaultPoint.reached("released");
              // Another replica has queued the text, or an operator has cancelled the text.
              return first.isEmpty()
                  ? spend.giveBack(grant)
                  : rest(parts)
                      .onItem()
                      .transformToUniAndConcatenate(this::queue)
                      .collect()
                      .asList()
                      .invoke(() -> announce(parts));
            })
        .replaceWithVoid();
  }

  private static Multi<OutboxEntry> rest(List<OutboxEntry> parts) {
    return Multi.createFrom().iterable(parts).select().where(part -> part.part > 1);
  }

  private Uni<Optional<OutboxEntry>> queue(OutboxEntry part) {
    Date now = transitions.now();
    boolean files = part.files != null;
    return transitions.take(
        OutboxCondition.inState(part, OutboxState.HELD),
        OutboxState.QUEUED,
        null,
        Optional.of(files ? transitions.in(FilePreparation.LONGEST_WAIT) : now),
        part.sender,
        files
            ? List.of(OutboxChange.release(now), OutboxChange.filesDue(now))
            : List.of(OutboxChange.release(now)));
  }

  private void announce(List<OutboxEntry> parts) {
    parts.stream()
        .filter(part -> part.files != null)
        .forEach(part -> filesQueued.fire(new FilesQueued(part.id)));
    queued.fire(new TextQueued(parts.get(0).sender));
  }

  /** The process that decided on the first part died before the others. */
  private Uni<Void> follow(List<OutboxEntry> parts) {
    OutboxEntry first = parts.get(0);
    boolean ended =
        first.state == OutboxState.CANCELLED
            || first.state == OutboxState.BLOCKED
            || first.state == OutboxState.FAILED;
    return ended
        ? end(parts, first.state, first.cause)
        : rest(parts)
            .onItem()
            .transformToUniAndConcatenate(this::queue)
            .collect()
            .asList()
            .invoke(() -> announce(parts))
            .replaceWithVoid();
  }

  private Uni<Void> end(List<OutboxEntry> parts, OutboxState state, String cause) {
    return Multi.createFrom()
        .iterable(parts)
        .onItem()
        .transformToUniAndConcatenate(
            part -> transitions.end(OutboxCondition.inState(part, OutboxState.HELD), state, cause))
        .collect()
        .asList()
        .replaceWithVoid();
  }
}
