package chat.switchboard.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of a text to everybody in a conversation. */
@RegisterForReflection
@Schema(
    name = "QueuedGroupText",
    requiredProperties = {"people"})
public record GroupSmsView(List<Person> people) {

  /** One of them. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "TextedPerson",
      requiredProperties = {"person", "status"})
  public record Person(
      @Schema(description = "The person's name here, or the number with its middle hidden")
          String person,
      @Schema(description = "Ask with it what became of the text; missing where none was taken")
          String id,
      @Schema(description = "queued, failed, blocked or refused") String status,
      @Schema(description = "Why no text goes out") String error) {}
}
