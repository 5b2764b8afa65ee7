package chat.switchboard.stream;

import io.vertx.core.buffer.Buffer;
import org.bson.types.ObjectId;

/**
 * An event for the streams of a user. Its frame is built once and written to each stream unchanged.
 *
 * @param id the message's {@code _id}; null for an event that is not a message
 */
record Announcement(ObjectId id, String user, String conversationId, Buffer frame) {}
