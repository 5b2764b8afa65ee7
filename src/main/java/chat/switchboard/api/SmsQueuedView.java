package chat.switchboard.api;

import chat.switchboard.outbound.OutboxEntry;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A text that was taken. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "QueuedText",
    requiredProperties = {"id", "status", "mapping", "segments", "encoding"})
public record SmsQueuedView(
    @Schema(description = "Ask with it what became of the text") String id,
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
            description = "queued; asked for again under the same key: how far it is by now")
        String status,
    @Schema(description = "Where an answer goes, and the code that leads there") Link mapping,
    @Schema(description = "How many segments it costs") int segments,
    @Schema(
            enumeration = {"GSM-7", "UCS-2"},
            description = "GSM-7, or UCS-2 where a character needs it")
        String encoding,
    @Schema(description = "The ids of its parts, where it is too long for one message")
        List<String> parts) {

  /** The mapping, and its code. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextMapping",
      requiredProperties = {"id"})
  public record Link(
      String id,
      @Schema(description = "Told to nobody else; good for some days", examples = "A7C4KX")
          String code) {}

  static SmsQueuedView of(List<OutboxEntry> entries, String code) {
    OutboxEntry first = entries.get(0);
    return new SmsQueuedView(
        first.id,
        first.state.name().toLowerCase(Locale.ROOT),
        new Link(first.mappingId, code),
        entries.stream().mapToInt(entry -> entry.segments).sum(),
        entries.stream().anyMatch(entry -> "UCS-2".equals(entry.encoding)) ? "UCS-2" : "GSM-7",
        entries.size() == 1 ? null : entries.stream().map(entry -> entry.id).toList());
  }
}
