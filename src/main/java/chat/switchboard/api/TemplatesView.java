package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.MessageTemplate;
import chat.switchboard.outbound.TemplateCatalog;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The templates of the account. */
@RegisterForReflection
@Schema(
    name = "Templates",
    requiredProperties = {"items", "readAt", "stale"})
public record TemplatesView(
    List<Item> items,
    @Schema(description = "When Twilio returned the list") String readAt,
    @Schema(description = "Whether a newer list could not be read") boolean stale) {

  /** One template. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "Template",
      requiredProperties = {"contentSid", "name", "language", "approval", "variables"})
  public record Item(
      String contentSid,
      String name,
      String language,
      @Schema(description = "WhatsApp's category", examples = "UTILITY") String category,
      @Schema(
              description =
                  "WhatsApp's approval; only an approved template arrives outside the window",
              examples = "approved")
          String approval,
      @Schema(description = "The names of the variables, with an example of each")
          Map<String, String> variables,
      @Schema(description = "The words, with placeholders", examples = "Your order {{1}} is ready.")
          String body) {

    static Item of(MessageTemplate one) {
      return new Item(
          one.sid(),
          one.name(),
          one.language(),
          one.category().orElse(null),
          one.status(),
          one.variables(),
          one.body().orElse(null));
    }
  }

  static TemplatesView of(TemplateCatalog.Listed listed) {
    return new TemplatesView(
        listed.templates().stream().map(Item::of).toList(),
        IsoDate.of(Date.from(listed.readAt())),
        listed.isStale());
  }
}
