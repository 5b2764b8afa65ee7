package chat.switchboard.api;

import chat.switchboard.events.EventReceivers.Receiver;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A receiver of outgoing events, as an operator sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "EventReceiver",
    requiredProperties = {"name", "origin", "events", "waiting"})
public record EventReceiverView(
    String name,
    @Schema(description = "The address without its path, which may contain a secret") String origin,
    List<String> events,
    @Schema(description = "The number of waiting events; 1001 means more than 1,000") long waiting,
    @Schema(description = "The first failure since the last success") String failingSince,
    @Schema(description = "Since when the receiver is switched off and gets no events")
        String offSince,
    @Schema(description = "The last failure") String cause) {

  static EventReceiverView of(Receiver receiver) {
    return new EventReceiverView(
        receiver.name(),
        receiver.origin(),
        receiver.types(),
        receiver.waiting(),
        HookView.date(receiver.failingSince().orElse(null)),
        HookView.date(receiver.offSince().orElse(null)),
        receiver.cause().orElse(null));
  }
}
