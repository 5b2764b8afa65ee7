package chat.switchboard.librechat;

import chat.switchboard.ops.Cause;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Tells whether LibreChat is generating an answer in a conversation: a message beside that answer
 * would be a branch that the page hides.
 */
@Singleton
public class Generations {

  private static final Logger LOG = Logger.getLogger(Generations.class);

  /** After a failure LibreChat gets no request for this long (circuit breaker). */
  private static final Duration REST = Duration.ofSeconds(5);

  /**
   * The end of a conversation.
   *
   * @param tail the end, read after LibreChat was found idle; empty while LibreChat generates an
   *     answer
   * @param isGuessed whether LibreChat did not tell its status, so that the database alone was
   *     read: LibreChat may generate an answer. False if the address of LibreChat is not known, so
   *     that each end comes from the database
   */
  public record IdleEnd(Optional<ThreadEnd> tail, boolean isGuessed) {

    private static IdleEnd told(Optional<ThreadEnd> tail) {
      return new IdleEnd(tail, false);
    }
  }

  private final MessageConfig config;
  private final Clock clock;
  private final LibreChatHttp door;
  private final GenerationStatus status;
  private final ThreadEndFinder tails;
  private volatile Instant notBefore = Instant.MIN;

  Generations(
      MessageConfig config,
      Clock clock,
      LibreChatHttp door,
      GenerationStatus status,
      ThreadEndFinder tails) {
    this.config = config;
    this.clock = clock;
    this.door = door;
    this.status = status;
    this.tails = tails;
  }

  /**
   * Returns the end of the conversation, read after LibreChat was found idle: LibreChat may store
   * an answer between the two reads.
   */
  public Uni<IdleEnd> idleEnd(Conversation conversation) {
    if (!door.isKnown()) {
      return endByDatabase(conversation).map(IdleEnd::told);
    }
    if (clock.instant().isBefore(notBefore)) {
      return guessed(conversation);
    }
    return running(conversation)
        .map(Optional::of)
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.warnf(
                  "LibreChat did not say whether an answer is being generated (%s); the database"
                      + " is read instead.",
                  Cause.of(failure));
              notBefore = clock.instant().plus(REST);
              return Optional.empty();
            })
        .flatMap(
            running -> {
              if (running.isEmpty()) {
                return guessed(conversation);
              }
              return running.get()
                  ? Uni.createFrom().item(IdleEnd.told(Optional.empty()))
                  : tails
                      .find(conversation)
                      .flatMap(tail -> confirmed(conversation, tail))
                      .map(IdleEnd::told);
            });
  }

  private Uni<IdleEnd> guessed(Conversation conversation) {
    return endByDatabase(conversation).map(tail -> new IdleEnd(tail, true));
  }

  /**
   * This read shows a question that arrived after the request to LibreChat; then the request is
   * repeated.
   */
  private Uni<Optional<ThreadEnd>> confirmed(Conversation conversation, ThreadEnd tail) {
    if (status.needsGrace() && isJustAnswered(tail)) {
      return Uni.createFrom().item(Optional.empty());
    }
    if (!looksLikeIt(tail)) {
      return Uni.createFrom().item(Optional.of(tail));
    }
    return running(conversation)
        .flatMap(
            running ->
                running
                    ? Uni.createFrom().item(Optional.<ThreadEnd>empty())
                    : tails.find(conversation).map(Optional::of))
        .onFailure()
        .recoverWithItem(Optional.empty());
  }

  private Uni<Optional<ThreadEnd>> endByDatabase(Conversation conversation) {
    return tails
        .find(conversation)
        .map(tail -> looksLikeIt(tail) ? Optional.empty() : Optional.of(tail));
  }

  /**
   * Decides from the database alone: the newest message is the owner's own, and more recent than
   * the time that an answer takes. The newest message has no answer, because no message follows. An
   * unfinished answer proves nothing: a stopped answer stays unfinished.
   */
  private boolean looksLikeIt(ThreadEnd tail) {
    Instant oldest = clock.instant().minus(config.waitForAnswer());
    return tail.newest()
        .filter(ThreadNode::byUser)
        .filter(turn -> turn.createdAt().toInstant().isAfter(oldest))
        .isPresent();
  }

  private boolean isJustAnswered(ThreadEnd tail) {
    Instant oldest = clock.instant().minus(GenerationStatus.GRACE);
    return tail.newest()
        .filter(turn -> !turn.byUser() && !turn.external())
        .filter(turn -> turn.updatedAt().toInstant().isAfter(oldest))
        .isPresent();
  }

  /** Requests the status from LibreChat; fails if LibreChat does not tell. */
  public Uni<Boolean> running(Conversation conversation) {
    return status.generating(conversation.conversationId, conversation.user);
  }
}
