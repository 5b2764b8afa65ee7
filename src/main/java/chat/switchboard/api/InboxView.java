package chat.switchboard.api;

import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.librechat.IsoDate;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A message in the inbox, as an operator sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(requiredProperties = {"id", "state", "attempts", "receivedAt"})
public record InboxView(
    String id,
    @Schema(enumeration = {"received", "appended", "dead"}) String state,
    @Schema(description = "The message's conversation; missing until the conversation is known")
        String conversationId,
    String messageId,
    String sender,
    String source,
    @Schema(description = "The text; missing when the message is in its conversation") String text,
    @Schema(description = "Tries after the first") int attempts,
    @Schema(description = "The latest time of the next try") String nextAttemptAt,
    @Schema(description = "The cause of the last failure") String error,
    String receivedAt) {

  static InboxView of(InboxEntry entry) {
    Document envelope = entry.envelope == null ? new Document() : entry.envelope;
    List<String> parts = envelope.getList("parts", String.class);
    return new InboxView(
        entry.id,
        entry.state.name().toLowerCase(Locale.ROOT),
        entry.lane,
        entry.messageId,
        envelope.getString("sender"),
        envelope.getString("source"),
        parts == null ? null : String.join("\n", parts),
        entry.attempts == null ? 0 : entry.attempts,
        IsoDate.of(entry.nextAttemptAt),
        entry.error,
        IsoDate.of(entry.receivedAt));
  }
}
