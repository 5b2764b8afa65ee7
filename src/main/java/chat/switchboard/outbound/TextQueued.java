package chat.switchboard.outbound;

/**
 * There is something to send.
 *
 * @param sender the number, or messaging service, that it goes from
 */
record TextQueued(String sender) {}
