package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.replies.Reply;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A message for which an answer of LibreChat's agent is requested, as an operator sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    requiredProperties = {
      "id",
      "state",
      "conversationId",
      "phoneNumbers",
      "attempts",
      "wantedAt",
      "history"
    })
public record ReplyView(
    @Schema(description = "The message to answer") String id,
    @Schema(enumeration = {"pending", "asking", "answered", "skipped", "dead"}) String state,
    String conversationId,
    @Schema(description = "The answer") String answerId,
    @Schema(description = "The message whose answer also answers this message") String coveredBy,
    @Schema(description = "The recipient of the answer as a text") List<String> phoneNumbers,
    @Schema(description = "The number of failed tries") int attempts,
    @Schema(description = "When the next try is due") String dueAt,
    @Schema(description = "The cause of the last failure, or the reason for no answer")
        String error,
    String wantedAt,
    List<Change> history) {

  /** A change of the state. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "ReplyChange",
      requiredProperties = {"state", "at"})
  record Change(
      @Schema(enumeration = {"pending", "asking", "answered", "skipped", "dead"}) String state,
      String at,
      String cause) {

    static Change of(Document stored) {
      return new Change(
          lower(stored.getString("state")),
          IsoDate.of(stored.get("at", Date.class)),
          stored.getString("cause"));
    }
  }

  static ReplyView of(Reply reply) {
    return new ReplyView(
        reply.id,
        lower(reply.state.name()),
        reply.conversationId,
        reply.answerId,
        reply.coveredBy,
        reply.phones.stream().map(phone -> phone.getString("to")).toList(),
        reply.attempts == null ? 0 : reply.attempts,
        IsoDate.of(reply.dueAt),
        reply.error,
        IsoDate.of(reply.wantedAt),
        reply.history.stream().map(Change::of).toList());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
