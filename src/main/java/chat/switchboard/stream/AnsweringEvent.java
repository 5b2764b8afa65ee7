package chat.switchboard.stream;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * LibreChat begins or ends an answer that Switchboard asked for.
 *
 * @param state {@code started} or {@code ended}
 */
@RegisterForReflection
record AnsweringEvent(String conversationId, String state) {}
