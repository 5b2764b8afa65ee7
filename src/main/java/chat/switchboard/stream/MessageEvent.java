package chat.switchboard.stream;

import chat.switchboard.librechat.MessageView;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The data of an event, as a client reads it. */
@RegisterForReflection
record MessageEvent(
    String type,
    String conversationId,
    String messageId,
    String parentMessageId,
    String source,
    MessageView message) {}
