package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.librechat.LibreChatConfig;
import chat.switchboard.routing.ServiceNumberSettings;
import jakarta.inject.Singleton;

/** Decides whether LibreChat's agent answers a message. */
@Singleton
class ReplyDecision {

  private final LibreChatConfig config;
  private final ServiceNumberSettings desk;

  ReplyDecision(LibreChatConfig config, ServiceNumberSettings desk) {
    this.config = config;
    this.desk = desk;
  }

  /**
   * The caller's {@code reply} value wins. Without that value, the agent answers a person if {@code
   * auto-reply} is set for the number that the person wrote to, or for all numbers. The agent does
   * not answer a message that a program put into a conversation, or a message from a Twilio group,
   * because the text with the answer would not reach the group.
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
