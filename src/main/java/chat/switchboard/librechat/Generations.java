package chat.switchboard.librechat;

import chat.switchboard.ops.Cause;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Tells whether LibreChat is generating an answer in a conversation: a message beside it would be a
 * branch that the page hides.
 */
@ApplicationScoped
public class Generations {

  private static final Logger LOG = Logger.getLogger(Generations.class);

  /** After a failure LibreChat is left alone for a while. */
  private static final Duration REST = Duration.ofSeconds(5);

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
   * The end of the conversation, read after LibreChat was found idle: between the two reads an
   * answer may be stored.
   *
   * @return empty while an answer is generated
   */
  public Uni<Optional<ThreadEnd>> idleEnd(Conversation conversation) {
    if (!door.isKnown() || clock.instant().isBefore(notBefore)) {
      return endByDatabase(conversation);
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
                return endByDatabase(conversation);
              }
              return running.get()
                  ? Uni.createFrom().item(Optional.<ThreadEnd>empty())
                  : tails.find(conversation).flatMap(tail -> confirmed(conversation, tail));
            });
  }

  /** A question that came after LibreChat was asked is seen here, and LibreChat is asked again. */
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
   * From the database alone: the newest message is the owner's own, and younger than an answer
   * takes. Nothing comes after the newest, so that it has no answer yet. An unfinished answer is no
   * sign: one that was stopped stays like that.
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

  /** What LibreChat itself says; it fails where LibreChat does not say it. */
  public Uni<Boolean> running(Conversation conversation) {
    return status.generating(conversation.conversationId, conversation.user);
  }
}
