package chat.switchboard.api;

import chat.switchboard.librechat.MessageView;
import chat.switchboard.routing.Route.MappingUsed;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The saved message, and the mapping that led to its conversation. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
record ContactMessageView(@JsonUnwrapped MessageView message, MappingView mapping) {

  /**
   * The mapping.
   *
   * @param created whether this message made it
   */
  @RegisterForReflection
  record MappingView(String id, String conversationId, boolean created) {

    static MappingView of(MappingUsed used) {
      return new MappingView(used.id(), used.conversationId(), used.created());
    }
  }
}
