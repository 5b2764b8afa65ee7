package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import org.bson.types.ObjectId;

/**
 * What is told to a user's streams; made once and written to each of them as it is.
 *
 * @param id the message's {@code _id}; null for an event that is no message
 */
record Announcement(ObjectId id, String user, String conversationId, Buffer frame) {}
