package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The windows of the people of a conversation who are on WhatsApp. */
@RegisterForReflection
@Schema(
    name = "ConversationWindows",
    requiredProperties = {"people"})
public record ConversationWindowsView(List<Person> people) {

  /** A person with a known window. */
  @RegisterForReflection
  @Schema(
      name = "PersonWithWindow",
      requiredProperties = {"name", "open", "openUntil"})
  public record Person(
      @Schema(
              description =
                  "The label, else the name that the person gave on WhatsApp, else the number with hidden "
                      + "middle digits")
          String name,
      boolean open,
      @Schema(description = "When the window closes, or has closed") String openUntil) {}
}
