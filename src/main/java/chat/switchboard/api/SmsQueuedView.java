package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.OutboxEntry;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An accepted text. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "QueuedText",
    requiredProperties = {"id", "status", "mapping", "segments", "encoding"})
public record SmsQueuedView(
    @Schema(description = "The id of the text, for getText") String id,
    @Schema(
            enumeration = {
              "held",
              "queued",
              "sending",
              "ambiguous",
              "sent",
              "delivered",
              "read",
              "undelivered",
              "failed",
              "blocked",
              "cancelled",
              "dead"
            },
            description =
                "queued, or held until sendAt; for a repeated request with the same key the current "
                    + "state")
        String status,
    @Schema(description = "The time for which the text is held") String sendAt,
    @Schema(
            description =
                "The conversation of an answer, and the code that leads to the " + "conversation")
        Link mapping,
    @Schema(description = "The number of segments") int segments,
    @Schema(
            enumeration = {"GSM-7", "UCS-2"},
            description = "GSM-7, or UCS-2 if a character requires it")
        String encoding,
    @Schema(description = "The ids of the parts, if the text is too long for one message")
        List<String> parts) {

  /** The mapping, and its code. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextMapping",
      requiredProperties = {"id"})
  public record Link(
      String id,
      @Schema(
              description = "Returned only here; valid for some days (switchboard.codes.ttl)",
              examples = "A7C4KX")
          String code) {}

  static SmsQueuedView of(List<OutboxEntry> entries, String code) {
    OutboxEntry first = entries.get(0);
    return new SmsQueuedView(
        first.id,
        first.state.name().toLowerCase(Locale.ROOT),
        IsoDate.of(first.sendAt),
        new Link(first.mappingId, code),
        entries.stream().mapToInt(entry -> entry.segments).sum(),
        entries.stream().anyMatch(entry -> "UCS-2".equals(entry.encoding)) ? "UCS-2" : "GSM-7",
        entries.size() == 1 ? null : entries.stream().map(entry -> entry.id).toList());
  }
}
