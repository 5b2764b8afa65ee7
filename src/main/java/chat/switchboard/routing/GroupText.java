package chat.switchboard.routing;

/**
 * What one person wrote, for another in the same conversation.
 *
 * @param id follows from the message and the person that it goes to
 * @param from our number; empty if it is not known
 * @param to the person
 * @param text who wrote it, and what
 * @param conversationId the conversation
 */
public record GroupText(String id, String from, String to, String text, String conversationId) {}
