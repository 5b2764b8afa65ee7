package chat.switchboard.routing;

/**
 * A person's text for another person in the same conversation.
 *
 * @param id computed from the message and the recipient
 * @param from the service number; empty if unknown
 * @param to the recipient
 * @param text the sender's name and the text
 * @param conversationId the conversation
 */
public record GroupText(String id, String from, String to, String text, String conversationId) {}
