package chat.switchboard.outbound;

/**
 * Event: a text was queued.
 *
 * @param sender the service number or messaging service that sends the text
 */
record TextQueued(String sender) {}
