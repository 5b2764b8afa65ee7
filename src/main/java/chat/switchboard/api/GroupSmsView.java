package chat.switchboard.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The result of a text to all people of a conversation. */
@RegisterForReflection
@Schema(
    name = "QueuedGroupText",
    requiredProperties = {"people"})
public record GroupSmsView(List<Person> people) {

  /** The result for one person. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextedPerson",
      requiredProperties = {"person", "status"})
  public record Person(
      @Schema(description = "The person's label, or the number with hidden middle digits")
          String person,
      @Schema(description = "The id of the text, for getText; missing if no text was accepted")
          String id,
      @Schema(description = "queued, held, failed, blocked or refused") String status,
      @Schema(description = "Why no text is sent") String error) {}
}
