package chat.switchboard.api;

import chat.switchboard.librechat.MessageView;
import chat.switchboard.routing.Route.MappingUsed;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The stored message, and the mapping that led to its conversation. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    requiredProperties = {
      "messageId",
      "conversationId",
      "parentMessageId",
      "sender",
      "text",
      "isCreatedByUser",
      "unfinished",
      "error",
      "isTemporary",
      "expiredAt",
      "createdAt",
      "updatedAt"
    })
record ContactMessageView(@JsonUnwrapped MessageView message, MappingUsedView mapping) {

  /**
   * The mapping.
   *
   * @param created whether this message created the mapping
   */
  @RegisterForReflection
  @Schema(requiredProperties = {"id", "conversationId", "created"})
  record MappingUsedView(String id, String conversationId, boolean created) {

    static MappingUsedView of(MappingUsed used) {
      return new MappingUsedView(used.id(), used.conversationId(), used.created());
    }
  }
}
