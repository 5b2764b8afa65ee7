package chat.switchboard.replies;

/** Something is to be answered in this conversation, when the burst is over. */
record ReplyWanted(String conversationId) {}
