package chat.switchboard.events;

import chat.switchboard.librechat.Message;
import chat.switchboard.replies.AnswerListener;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** Keeps an event for each answer of LibreChat's agent to a message from outside. */
@Singleton
class AnsweredMessages implements AnswerListener {

  private final EventRecorder recorder;

  AnsweredMessages(EventRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  public Uni<Void> onAnswered(Message answer, String text) {
    return recorder.wants(EventType.MESSAGE_ANSWERED)
        ? recorder.keep(
            EventType.MESSAGE_ANSWERED,
            answer.messageId + " " + answer.user,
            answer.user,
            new OutgoingEvent.Data(
                answer.conversationId, answer.messageId, null, null, null, null, null, null, text))
        : Uni.createFrom().voidItem();
  }
}
