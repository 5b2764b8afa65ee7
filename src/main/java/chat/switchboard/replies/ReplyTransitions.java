package chat.switchboard.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.Store;
import chat.switchboard.replies.Reply.State;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Moves a reply from one state to the next, in one atomic step that leaves its trace. */
@Store
@ApplicationScoped
class ReplyTransitions {

  private final Duration retention;
  private final Backoff backoff;
  private final Clock clock;

  ReplyTransitions(
      RepliesConfig config,
      InboxRetentionConfig retentionConfig,
      Clock clock,
      RandomGenerator random) {
    this.retention = retentionConfig.retention();
    this.backoff = new Backoff(config.initialBackoff(), config.maxBackoff(), random);
    this.clock = clock;
  }

  /** Sets the first state of a reply. */
  void begin(Reply reply, Date dueAt) {
    reply.state = State.PENDING;
    reply.wantedAt = now();
    reply.dueAt = dueAt;
    reply.attempts = 0;
    reply.round = 0;
    reply.history.add(trace(State.PENDING, null));
  }

  /** Moves the reply to the next state if the reply still has the state that was read. */
  Uni<Optional<Reply>> take(Reply reply, State next, String cause, Bson... more) {
    return take(reply.id, reply.state, next, cause, List.of(more));
  }

  /**
   * Moves a reply from one state to another.
   *
   * @param cause why, in one sentence; null where the state says it
   * @param more what else changes with the state
   * @return the reply as it is now; empty if it was not in the expected state
   */
  Uni<Optional<Reply>> take(String id, State expected, State next, String cause, List<Bson> more) {
    List<Bson> changes = new ArrayList<>(more);
    changes.add(Updates.set("state", next.name()));
    if (next != State.ASKING) {
      changes.add(Updates.unset("answering"));
    }
    if (!next.isOpen()) {
      changes.add(Updates.unset("dueAt"));
    }
    if (next.isFinal()) {
      changes.add(Updates.set("forgetAt", in(retention)));
    }
    if (expected != next) {
      changes.add(Updates.push("history", trace(next, cause)));
    }
    return Reply.<Reply>mongoCollection()
        .findOneAndUpdate(
            and(eq("_id", id), eq("state", expected.name())),
            Updates.combine(changes),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Returns the time of the next attempt: exponential with full jitter, and not before this. */
  Date nextAttempt(int attempts, Optional<Duration> atLeast) {
    Duration least = atLeast.orElse(Duration.ZERO);
    Duration delay = backoff.delay(attempts);
    return in(delay.compareTo(least) < 0 ? least : delay);
  }

  Date now() {
    return in(Duration.ZERO);
  }

  Date in(Duration pause) {
    return new Date(clock.millis() + pause.toMillis());
  }

  private Document trace(State state, String cause) {
    Document trace = new Document("state", state.name()).append("at", now());
    return cause == null ? trace : trace.append("cause", cause);
  }
}
