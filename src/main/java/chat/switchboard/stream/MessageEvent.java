package chat.switchboard.stream;

import chat.switchboard.librechat.MessageView;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What a client reads in the data of an event. */
@RegisterForReflection
record MessageEvent(
    String type,
    String conversationId,
    String messageId,
    String parentMessageId,
    String source,
    MessageView message) {}
