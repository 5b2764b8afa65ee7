package chat.switchboard.api;

import chat.switchboard.hooks.DeliveryEntity;
import chat.switchboard.librechat.IsoDate;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A webhook that came to a hook, as an operator sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "HookDelivery",
    requiredProperties = {"id", "state", "receivedAt"})
public record HookDeliveryView(
    String id,
    @Schema(description = "The service's id of the delivery, or sha256: and the hash of the body")
        String deliveryId,
    @Schema(description = "The service's name of the event") String event,
    @Schema(enumeration = {"accepted", "collected", "appended", "skipped", "failed"}) String state,
    @Schema(description = "The reason of the state, in one sentence") String reason,
    @Schema(description = "The headers without secrets and signatures") Map<String, String> headers,
    @Schema(
            description =
                "The body as UTF-8; in a list only if the body has at most 32 KiB, and missing if it "
                    + "is no longer kept")
        String body,
    @Schema(description = "The size of the body in bytes") Integer bytes,
    @Schema(description = "The text for the chat") String text,
    @Schema(description = "The address of the conversation in the mappings") String thread,
    @Schema(description = "The title of a new conversation") String title,
    String conversationId,
    String messageId,
    String receivedAt) {

  static HookDeliveryView of(DeliveryEntity delivery) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (delivery.headers != null) {
      delivery.headers.forEach((name, value) -> headers.put(name, String.valueOf(value)));
    }
    return new HookDeliveryView(
        delivery.id,
        delivery.deliveryId,
        delivery.event == null || delivery.event.isEmpty() ? null : delivery.event,
        delivery.state == null ? null : delivery.state.toLowerCase(Locale.ROOT),
        delivery.reason,
        headers,
        delivery.body == null ? null : new String(delivery.body, StandardCharsets.UTF_8),
        delivery.bytes,
        delivery.text,
        delivery.thread,
        delivery.title,
        delivery.conversationId,
        delivery.messageId,
        IsoDate.of(delivery.receivedAt));
  }
}
