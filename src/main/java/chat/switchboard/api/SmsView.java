package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.OutboxEntry;
import chat.switchboard.outbound.OutboxState;
import chat.switchboard.outbound.SentMedia;
import chat.switchboard.outbound.TemplateMessage;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A text in the outbox, with its state. */
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
                "held (waits until sendAt, or for the next message of a person on WhatsApp), queued (waiting), sending, ambiguous (Twilio may have the text; its status is "
                    + "awaited), sent (Twilio has the text), delivered (the text is on the phone), read (the person has read the text), "
                    + "undelivered, failed, blocked (the person has opted out, or the spend guard "
                    + "refuses the text), cancelled (before the text was sent), dead (an operator must decide)")
        String status,
    String to,
    @Schema(description = "The service number, or the messaging service") String from,
    String conversationId,
    @Schema(description = "The text that the phone shows") String text,
    @Schema(description = "The template by which the message goes") Template template,
    @Schema(description = "The pictures and files of the text") List<Media> media,
    @Schema(description = "The number of this part of a long text") Integer part,
    @Schema(description = "The number of parts of the text") Integer parts,
    int segments,
    @Schema(enumeration = {"GSM-7", "UCS-2"}) String encoding,
    int attempts,
    @Schema(description = "The reason of the state") String cause,
    @Schema(description = "Twilio's error code") Integer errorCode,
    @Schema(description = "Twilio's SID of the message") String sid,
    String queuedAt,
    @Schema(description = "The time for which the text is, or was, held") String sendAt,
    @Schema(
            description =
                "When a text fails that waits for the next message of a person on WhatsApp")
        String heldUntil,
    @Schema(description = "The latest time of the next step") String nextAttemptAt,
    @Schema(description = "All states of the text, the first one first") List<Change> history) {

  /** One change of the state. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextChange",
      requiredProperties = {"status", "at"})
  public record Change(
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
              })
          String status,
      String at,
      String cause) {}

  /** A template, with its variables. */
  @RegisterForReflection
  @Schema(
      name = "TextTemplate",
      requiredProperties = {"contentSid", "variables"})
  public record Template(String contentSid, Map<String, String> variables) {

    static Template of(TemplateMessage message) {
      return new Template(message.contentSid(), message.variables());
    }
  }

  /** A file that goes with the text. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextMedia",
      requiredProperties = {"status"})
  public record Media(
      String name,
      @Schema(description = "The media type, by content once the file is fetched") String type,
      @Schema(description = "The length in bytes, once the file is fetched") Long bytes,
      @Schema(
              enumeration = {"waiting", "media", "link", "named"},
              description =
                  "waiting (the file is not fetched yet), media (the carrier delivers the file), "
                      + "link (the text has a link to the file), named (the file could not be "
                      + "fetched, and the text names the file)")
          String status,
      @Schema(description = "Why the file could not be fetched") String cause) {

    static List<Media> of(OutboxEntry entry) {
      List<SentMedia> files = SentMedia.of(entry);
      return files.isEmpty()
          ? null
          : files.stream()
              .map(
                  file ->
                      new Media(
                          file.name().orElse(null),
                          file.type().orElse(null),
                          file.bytes() == 0 ? null : file.bytes(),
                          file.status(),
                          file.cause().orElse(null)))
              .toList();
    }
  }

  static SmsView of(OutboxEntry entry, String text) {
    boolean single = entry.parts == null || entry.parts == 1;
    return new SmsView(
        entry.id,
        entry.state.name().toLowerCase(Locale.ROOT),
        entry.phoneNumber,
        entry.sender,
        entry.conversationId,
        text,
        entry.template().map(Template::of).orElse(null),
        Media.of(entry),
        single ? null : entry.part,
        single ? null : entry.parts,
        entry.segments,
        entry.encoding,
        entry.attempts,
        entry.cause,
        entry.errorCode,
        entry.sid,
        IsoDate.of(entry.queuedAt),
        IsoDate.of(entry.sendAt),
        entry.state == OutboxState.HELD && Boolean.TRUE.equals(entry.awaitsWindow)
            ? IsoDate.of(entry.windowUntil)
            : null,
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
