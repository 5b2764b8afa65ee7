package chat.switchboard.replies;

/** Event: a conversation has a message to answer after the end of the burst. */
record ReplyWanted(String conversationId) {}
