package chat.switchboard.hooks;

import chat.switchboard.phone.Mask;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * An event of our own, as Standard Webhooks lays it out: IDs and masked numbers.
 *
 * @param type the name of the event, such as {@code message.received}
 * @param timestamp when it happened (RFC 3339)
 * @param data what it is about
 */
@RegisterForReflection
record OutgoingEvent(String type, Instant timestamp, Data data) {

  /** The kinds of events. */
  enum Type {
    MESSAGE_RECEIVED("message.received"),
    MESSAGE_ANSWERED("message.answered"),
    TEXT_DELIVERED("text.delivered"),
    TEXT_FAILED("text.failed"),
    PERSON_OPTED_OUT("person.opted_out");

    private final String wire;

    Type(String wire) {
      this.wire = wire;
    }

    /** The name in the payload and in the settings. */
    String wire() {
      return wire;
    }
  }

  /**
   * What an event is about; a member that does not apply is left out.
   *
   * @param phone the person's number with its middle hidden
   * @param text the words, only where the endpoint has {@code include-text=true}
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Data(
      String conversationId,
      String messageId,
      String textId,
      String source,
      String phone,
      String cause,
      String text) {}

  /**
   * An event.
   *
   * @param phone the whole number, which is masked here; null if there is none
   * @param text the words; null where the endpoint does not get them
   */
  static OutgoingEvent of(
      Type type,
      Instant at,
      String conversationId,
      String messageId,
      String textId,
      String source,
      String phone,
      String cause,
      String text) {
    return new OutgoingEvent(
        type.wire(),
        at,
        new Data(
            conversationId,
            messageId,
            textId,
            source,
            phone == null ? null : Mask.phone(phone),
            cause,
            text));
  }
}
