package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.routing.ServiceNumberSettings;
import jakarta.enterprise.context.ApplicationScoped;

/** Decides whether LibreChat's agent is to answer a message. */
@ApplicationScoped
class ReplyDecision {

  private final LibreChatConfig config;
  private final ServiceNumberSettings desk;

  ReplyDecision(LibreChatConfig config, ServiceNumberSettings desk) {
    this.config = config;
    this.desk = desk;
  }

  /**
   * What the caller says comes first. Where it says nothing, a person is answered if the number
   * they wrote to is set so, or all are; but not what a program has put into a conversation, and
   * not what came through a group of Twilio's, into which no text of ours would go.
   */
  boolean isWanted(InboundMessage message) {
    if (!message.mayBeAnswered() || config.librechatUrl().filter(set -> !set.isBlank()).isEmpty()) {
      return false;
    }
    return message
        .reply()
        .orElseGet(
            () ->
                message.destination() instanceof ToContact to
                    && to.contact().conversationSid().isEmpty()
                    && desk.autoReply(to.contact().to()));
  }
}
