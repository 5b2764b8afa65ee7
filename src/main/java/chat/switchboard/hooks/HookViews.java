package chat.switchboard.hooks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The requests and answers of the doors that manage hooks. */
final class HookViews {

  private HookViews() {}

  /** One condition in a request or an answer. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "HookCondition")
  public record ConditionView(
      @Schema(description = "A JSON pointer into the body", example = "/action") String pointer,
      @Schema(description = "The value is one of these") List<String> in,
      @Schema(description = "The value is none of these") List<String> notIn,
      @Schema(description = "Whether there is a value") Boolean exists) {}

  /** A hook as a caller gives it. */
  @RegisterForReflection
  @Schema(name = "HookRequest")
  public record HookRequest(
      @Schema(example = "deploys") String name,
      @Schema(example = "github") String scheme,
      @Schema(description = "What the schemes hmac, token and grafana need besides")
          Map<String, String> settings,
      @Schema(description = "Without secrets one is made") List<String> secrets,
      @Schema(example = "me@example.com") String owner,
      String conversationId,
      @Schema(example = "{repository.full_name}#{pull_request.number}") String thread,
      String title,
      List<ConditionView> when,
      @Schema(description = "A Qute template, or preset:<name>") String template,
      String sender,
      @Schema(example = "30s") String digest,
      Boolean reply,
      String endpoint,
      String model,
      String agentId,
      Boolean enabled) {}

  /** A hook as it is shown; the secret only in the answer that made it. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Hook")
  public record HookView(
      String name,
      @Schema(description = "The address to register at the service") String url,
      String scheme,
      Map<String, String> settings,
      @Schema(description = "Shown once, when it is made") String secret,
      @Schema(description = "What Meta asks for as the verify token") String verifyToken,
      String owner,
      String conversationId,
      String thread,
      String title,
      List<ConditionView> when,
      String template,
      String sender,
      String digest,
      boolean reply,
      String endpoint,
      String model,
      String agentId,
      boolean enabled,
      @Schema(description = "True for a hook from the configuration") boolean readOnly,
      Instant createdAt,
      Instant updatedAt) {}

  /** A page of hooks. */
  @RegisterForReflection
  @Schema(name = "HookPage")
  public record HookPage(List<HookView> items, long total) {}

  /** A new secret, told once. */
  @RegisterForReflection
  @Schema(name = "HookSecret")
  public record SecretView(
      String secret, @Schema(description = "Until when the old one is good") Instant oldUntil) {}

  /** A sample to try a hook with. */
  @RegisterForReflection
  @Schema(name = "HookPreviewRequest")
  public record PreviewRequest(
      Map<String, String> headers, @Schema(description = "JSON, or a text") JsonNode body) {}

  /** What the hook would do with the sample. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "HookPreview")
  public record PreviewView(
      @Schema(description = "Missing if the sample has no signature") Boolean verified,
      boolean matched,
      @Schema(description = "The condition that decided") String reason,
      String thread,
      String title,
      String text,
      @Schema(description = "Fields that the template names and the sample does not have")
          List<String> unknown,
      @Schema(description = "The fault of the template, with line and column") String problem) {}

  /** A delivery; its headers without secrets. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "HookDelivery")
  public record DeliveryView(
      String id,
      String deliveryId,
      String event,
      String state,
      String reason,
      Map<String, String> headers,
      String body,
      String text,
      String thread,
      String conversationId,
      String messageId,
      Instant receivedAt) {}

  /** A page of deliveries. */
  @RegisterForReflection
  @Schema(name = "HookDeliveryPage")
  public record DeliveryPage(List<DeliveryView> items, long total) {}

  /** The answer to a service. */
  @RegisterForReflection
  @Schema(name = "HookReceipt")
  public record ReceiptView(
      @Schema(enumeration = {"accepted", "duplicate", "skipped"}) String status, String id) {}
}
