package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.OutboxEntry;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A text in the outbox, and what became of it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "Text",
    requiredProperties = {
      "id",
      "status",
      "to",
      "segments",
      "encoding",
      "attempts",
      "queuedAt",
      "history"
    })
public record SmsView(
    String id,
    @Schema(
            enumeration = {
              "queued",
              "sending",
              "ambiguous",
              "sent",
              "delivered",
              "undelivered",
              "failed",
              "blocked",
              "dead"
            },
            description =
                "queued (it waits), sending, ambiguous (it may have gone: Twilio's word is awaited),"
                    + " sent (Twilio has it), delivered (it is on the phone), undelivered, failed,"
                    + " blocked (the person has opted out, or the spend guard refuses it), dead (a person must decide)")
        String status,
    String to,
    @Schema(description = "Our number, or messaging service") String from,
    String conversationId,
    @Schema(description = "What the phone shows") String text,
    @Schema(description = "Which part of a long text it is") Integer part,
    @Schema(description = "How many parts that text has") Integer parts,
    int segments,
    @Schema(enumeration = {"GSM-7", "UCS-2"}) String encoding,
    int attempts,
    @Schema(description = "Why it is in this state") String cause,
    @Schema(description = "Twilio's error code") Integer errorCode,
    @Schema(description = "Twilio's name for the message") String sid,
    String queuedAt,
    @Schema(description = "When it is looked at next, at the latest") String nextAttemptAt,
    @Schema(description = "Each state that it has been in, the first one first")
        List<Change> history) {

  /** One change of the state. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextChange",
      requiredProperties = {"status", "at"})
  public record Change(
      @Schema(
              enumeration = {
                "queued",
                "sending",
                "ambiguous",
                "sent",
                "delivered",
                "undelivered",
                "failed",
                "blocked",
                "dead"
              })
          String status,
      String at,
      String cause) {}

  static SmsView of(OutboxEntry entry, String text) {
    boolean single = entry.parts == null || entry.parts == 1;
    return new SmsView(
        entry.id,
        entry.state.name().toLowerCase(Locale.ROOT),
        entry.phoneNumber,
        entry.sender,
        entry.conversationId,
        text,
        single ? null : entry.part,
        single ? null : entry.parts,
        entry.segments,
        entry.encoding,
        entry.attempts,
        entry.cause,
        entry.errorCode,
        entry.sid,
        IsoDate.of(entry.queuedAt),
        IsoDate.of(entry.nextAttemptAt),
        entry.changes().stream()
            .map(
                change ->
                    new Change(
                        change.state().name().toLowerCase(Locale.ROOT),
                        IsoDate.of(change.at()),
                        change.cause()))
            .toList());
  }
}
