package chat.switchboard.librechat;

/**
 * LibreChat begins, or ends, an answer that Switchboard asked for. Fired as an event; in a replica
 * that does not ask itself up to a second later.
 *
 * @param user the conversation's owner
 * @param started whether the answer begins; false where it has ended, however it ended
 */
public record AnswerProgress(String conversationId, String user, boolean started) {}
