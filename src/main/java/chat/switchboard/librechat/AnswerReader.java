package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;

import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/** Reads answers of LibreChat's agent from the database. */
@Singleton
public class AnswerReader {

  /** How far LibreChat's clock may be behind Switchboard's, in milliseconds. */
  private static final long CLOCKS_MILLIS = 120_000;

  /** More messages than a person sends before an answer arrives. */
  private static final int WINDOW = 100;

  /**
   * The messages below a question.
   *
   * @param answer the finished answer
   * @param failed the ids of answers that ended in an error or were stopped
   */
  public record Found(Optional<Message> answer, List<String> failed) {}

  /** Returns the agent's messages below this message. */
  public Uni<Found> below(Conversation conversation, String messageId) {
    return createdAt(conversation, messageId)
        .flatMap(asked -> below(conversation, messageId, asked));
  }

  private static Uni<Date> createdAt(Conversation conversation, String messageId) {
    return Message.<Message>mongoCollection()
        .find(
            and(eq("messageId", messageId), eq("user", conversation.user)),
            new FindOptions().limit(1).projection(Projections.include("createdAt")))
        .collect()
        .first()
        // The message was deleted; its children may still exist.
        .map(asked -> asked == null || asked.createdAt == null ? new Date(0) : asked.createdAt);
  }

  /**
   * LibreChat has no index on {@code parentMessageId}, but one on the conversation, the user and
   * {@code createdAt}: an answer is newer than its question, so only newer messages are read.
   */
  private static Uni<Found> below(Conversation conversation, String messageId, Date asked) {
    return Message.<Message>find(
            and(
                eq("conversationId", conversation.conversationId),
                eq("user", conversation.user),
                gte("createdAt", new Date(asked.getTime() - CLOCKS_MILLIS)),
                eq("parentMessageId", messageId)),
            Sorts.descending("createdAt"))
        .list()
        .map(
            children -> {
              List<Message> agents =
                  children.stream()
                      .filter(child -> !Boolean.TRUE.equals(child.createdByUser))
                      .filter(child -> !child.fromOutside())
                      .toList();
              return new Found(
                  agents.stream().filter(AnswerReader::isWhole).findFirst(),
                  agents.stream()
                      .filter(child -> !isWhole(child))
                      .map(child -> child.messageId)
                      .toList());
            });
  }

  private static boolean isWhole(Message message) {
    return !Boolean.TRUE.equals(message.unfinished) && !Boolean.TRUE.equals(message.error);
  }

  /** Returns the unanswered messages at the end of this conversation. */
  public Uni<UnansweredRun> openEnd(Conversation conversation, ThreadEnd tail) {
    return Message.<Message>find(
            and(eq("conversationId", conversation.conversationId), eq("user", conversation.user)),
            Sorts.descending("createdAt"))
        .page(0, WINDOW)
        .list()
        .map(newest -> UnansweredRun.of(tail.parent().map(ThreadNode::messageId), newest));
  }
}
