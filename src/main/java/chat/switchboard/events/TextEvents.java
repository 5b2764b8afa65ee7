package chat.switchboard.events;

import chat.switchboard.outbound.TextNewsListener;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Keeps an event for each text that arrives or fails, and for each opt-out. */
@Singleton
class TextEvents implements TextNewsListener {

  private final EventRecorder recorder;

  TextEvents(EventRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  public boolean wants(boolean delivered) {
    return recorder.wants(type(delivered));
  }

  @Override
  public Uni<Void> onEnded(EndedText text) {
    return wants(text.delivered())
        ? recorder.keep(
            type(text.delivered()),
            text.key(),
            null,
            new OutgoingEvent.Data(
                text.conversationId(),
                null,
                text.textId(),
                text.parts() > 1 ? text.part() : null,
                text.parts() > 1 ? text.parts() : null,
                null,
                text.phoneNumber(),
                text.cause().orElse(null),
                text.words().orElse(null)))
        : Uni.createFrom().voidItem();
  }

  @Override
  public Uni<Void> onOptedOut(String person, String cause, Optional<String> sid, long at) {
    return recorder.wants(EventType.PERSON_OPTED_OUT)
        ? recorder.keep(
            EventType.PERSON_OPTED_OUT,
            person + " " + sid.orElseGet(() -> Long.toString(at)),
            null,
            new OutgoingEvent.Data(null, null, null, null, null, null, person, cause, null))
        : Uni.createFrom().voidItem();
  }

  private static EventType type(boolean delivered) {
    return delivered ? EventType.TEXT_DELIVERED : EventType.TEXT_FAILED;
  }
}
