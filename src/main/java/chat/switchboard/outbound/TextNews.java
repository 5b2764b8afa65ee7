package chat.switchboard.outbound;

import chat.switchboard.mongo.UpcomingWork;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Periodic;
import chat.switchboard.outbound.TextNewsListener.EndedText;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Tells the listeners of the ends of texts. The update that ends a text marks it as not told; the
 * mark goes after the listeners have taken the end, so that a crash between the two loses nothing.
 */
@ApplicationScoped
class TextNews implements UpcomingWork {

  private static final Logger LOG = Logger.getLogger(TextNews.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Telling the ends of texts");
  private static final int AT_ONCE = 200;

  private final List<TextNewsListener> listeners;
  private final OutboxEntries entries;
  private final Clock clock;

  @Inject
  TextNews(@Any Instance<TextNewsListener> listeners, OutboxEntries entries, Clock clock) {
    this(listeners.stream().toList(), entries, clock);
  }

  TextNews(List<TextNewsListener> listeners, OutboxEntries entries, Clock clock) {
    this.listeners = listeners;
    this.entries = entries;
    this.clock = clock;
  }

  /** Whether the end of a text in this state is to be told. */
  boolean isNews(OutboxState state) {
    return isEnd(state) && listeners.stream().anyMatch(one -> one.wants(state.hasArrived()));
  }

  private static boolean isEnd(OutboxState state) {
    return switch (state) {
      case DELIVERED, READ, UNDELIVERED, FAILED, BLOCKED, DEAD -> true;
      case HELD, QUEUED, SENDING, AMBIGUOUS, SENT, CANCELLED -> false;
    };
  }

  /** Tells the listeners of a text that is marked; a failure is left to the sweep. */
  void tell(OutboxEntry entry) {
    if (Boolean.TRUE.equals(entry.untold)) {
      tried(entry).subscribe().with(done -> {});
    }
  }

  /** One text that cannot be told keeps no other one back. */
  private Uni<Void> tried(OutboxEntry entry) {
    return told(entry)
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("The end of text %s will be told later: %s", entry.id, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }

  private Uni<Void> told(OutboxEntry entry) {
    EndedText text = ended(entry);
    return each(listener -> listener.onEnded(text)).chain(() -> entries.told(entry));
  }

  private static EndedText ended(OutboxEntry entry) {
    return new EndedText(
        String.join(
            " ",
            entry.id,
            // A text that is read before its delivery is told has the same end.
            (entry.state.hasArrived() ? OutboxState.DELIVERED : entry.state).name(),
            entry.sid == null ? "" : entry.sid,
            String.valueOf(entry.attempts)),
        entry.textId,
        entry.part == null ? 1 : entry.part,
        entry.parts == null ? 1 : entry.parts,
        entry.state.hasArrived(),
        entry.conversationId,
        entry.phoneNumber,
        Optional.ofNullable(entry.cause),
        Boolean.TRUE.equals(entry.sealed) ? Optional.empty() : Optional.ofNullable(entry.body));
  }

  /** Tells the listeners that this person opts out. */
  Uni<Void> optedOut(String person, String cause, Optional<String> sid) {
    long at = clock.millis();
    return each(listener -> listener.onOptedOut(person, cause, sid, at));
  }

  private Uni<Void> each(java.util.function.Function<TextNewsListener, Uni<Void>> step) {
    return Multi.createFrom()
        .iterable(listeners)
        .onItem()
        .transformToUniAndConcatenate(step::apply)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Tells what was left untold by a crash or a failure. */
  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return !isWanted()
        ? Uni.createFrom().voidItem()
        : PERIODIC.run(
            entries
                .untold(AT_ONCE)
                .onItem()
                .transformToMulti(found -> Multi.createFrom().iterable(found))
                .onItem()
                .transformToUniAndConcatenate(this::tried)
                .collect()
                .asList());
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return isWanted() ? entries.isAnyUntold() : Uni.createFrom().item(false);
  }

  private boolean isWanted() {
    return !listeners.isEmpty() && (isNews(OutboxState.DELIVERED) || isNews(OutboxState.FAILED));
  }
}
