package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.media.MediaItem;
import chat.switchboard.media.MediaOperations;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A picture or file, as an operator sees its way: never its content or its address. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "Media",
    requiredProperties = {"id", "direction", "state", "attempts", "receivedAt", "history"})
public record MediaView(
    @Schema(description = "The id of the file; POST /api/sms takes the id in media") String id,
    @Schema(
            enumeration = {"in", "out"},
            description = "in (a person or an API caller sent the file), out (the file goes out)")
        String direction,
    @Schema(
            enumeration = {"pending", "fetched", "stored", "failed"},
            description =
                "pending (the file is not fetched yet), fetched (the file is inspected), stored "
                    + "(the file is at its place), failed")
        String state,
    @Schema(description = "The reason of the state") String cause,
    String fileName,
    @Schema(description = "The media type by content; missing until the file is inspected")
        String type,
    @Schema(description = "The media type that the sender declares") String declaredType,
    Long bytes,
    @Schema(description = "Why the file is not shown as a picture") String doubt,
    String conversationId,
    String messageId,
    @Schema(description = "Whether LibreChat has the file") Boolean inLibreChat,
    int attempts,
    String nextAttemptAt,
    String receivedAt,
    @Schema(description = "All states of the file, the first one first") List<Change> history) {

  /** One change of the state. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "MediaChange",
      requiredProperties = {"state", "at"})
  public record Change(
      @Schema(enumeration = {"pending", "fetched", "stored", "failed"}) String state,
      String at,
      String cause) {

    static Change of(Document stored) {
      return new Change(
          stored.getString("state").toLowerCase(Locale.ROOT),
          IsoDate.of(stored.getDate("at")),
          stored.getString("cause"));
    }
  }

  static MediaView of(MediaItem item) {
    return new MediaView(
        item.id,
        Boolean.TRUE.equals(item.outgoing) ? "out" : "in",
        item.state.name().toLowerCase(Locale.ROOT),
        item.cause,
        item.fileName,
        MediaOperations.type(item).orElse(null),
        MediaOperations.declaredType(item).orElse(null),
        item.bytes,
        item.doubt,
        item.conversationId,
        item.messageId,
        item.libreChatFileId == null ? null : true,
        item.attempts == null ? 0 : item.attempts,
        IsoDate.of(item.nextAttemptAt),
        IsoDate.of(item.receivedAt),
        item.history == null ? List.of() : item.history.stream().map(Change::of).toList());
  }
}
