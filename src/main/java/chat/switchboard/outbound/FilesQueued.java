package chat.switchboard.outbound;

/**
 * Event: a text with files was queued.
 *
 * @param entryId the entry whose files are due
 */
record FilesQueued(String entryId) {}
