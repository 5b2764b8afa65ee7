package chat.switchboard.inbound;

import chat.switchboard.media.IncomingFile;
import chat.switchboard.routing.Contact;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;

/**
 * What every door makes of what it was given.
 *
 * @param destination where it is to go
 * @param parts the text, in one or more parts; not empty
 * @param sender the name to show
 * @param source where it came from, such as {@code sms}
 * @param metadata what the caller says about it
 * @param key what makes it the same message when it comes again; without one it is a new message
 *     each time
 * @param trusted whether the caller vouches for the text, whose Markdown is then stored as it is
 * @param mayBeAnswered false for one of too many from one sender: it is stored, and no more
 * @param reply whether LibreChat's agent is to answer it, where the caller says so; otherwise the
 *     configuration does
 * @param files the files of the message; the text has a line for each
 */
public record InboundMessage(
    Destination destination,
    List<String> parts,
    String sender,
    String source,
    Document metadata,
    Optional<DedupeKey> key,
    boolean trusted,
    boolean mayBeAnswered,
    Optional<Boolean> reply,
    List<IncomingFile> files) {

  /** A message without files. */
  public InboundMessage(
      Destination destination,
      List<String> parts,
      String sender,
      String source,
      Document metadata,
      Optional<DedupeKey> key,
      boolean trusted,
      boolean mayBeAnswered,
      Optional<Boolean> reply) {
    this(
        destination,
        parts,
        sender,
        source,
        metadata,
        key,
        trusted,
        mayBeAnswered,
        reply,
        List.of());
  }

  /** Returns the message with these files. */
  public InboundMessage with(List<IncomingFile> announced) {
    return new InboundMessage(
        destination,
        parts,
        sender,
        source,
        metadata,
        key,
        trusted,
        mayBeAnswered,
        reply,
        announced);
  }

  /** A stranger's message, of which nobody says whether the agent answers it. */
  public InboundMessage(
      Destination destination,
      List<String> parts,
      String sender,
      String source,
      Document metadata,
      Optional<DedupeKey> key,
      boolean mayBeAnswered) {
    this(destination, parts, sender, source, metadata, key, false, mayBeAnswered, Optional.empty());
  }

  /**
   * The text of a person, which may begin with a code, behind the quote that the text answers;
   * empty for a program, which shows a code in a field of its own.
   */
  Optional<String> typed() {
    return key.filter(TwilioMessage.class::isInstance).map(sid -> parts.get(parts.size() - 1));
  }

  /** Where a message is to go. */
  public sealed interface Destination {}

  /**
   * Into this conversation.
   *
   * @param owner the user who has the conversation; empty for any user
   */
  public record ToConversation(UUID conversationId, Optional<String> owner) implements Destination {

    /** Into the conversation with this id, whoever has it. */
    public ToConversation(UUID conversationId) {
      this(conversationId, Optional.empty());
    }
  }

  /** Into the conversation of this person. */
  public record ToContact(Contact contact) implements Destination {}

  /** What makes a message the same message when it comes again. */
  public sealed interface DedupeKey {}

  /** Twilio's name for the message. */
  public record TwilioMessage(String accountSid, String messageSid) implements DedupeKey {}

  /**
   * A webhook of another service, or several of them in one message.
   *
   * @param messageId the id in LibreChat, which follows from the hook and the service's id
   */
  public record HookDelivery(UUID messageId) implements DedupeKey {}

  /** The caller's own name for the request, good within one conversation or for one person. */
  public record IdempotencyKey(String value) implements DedupeKey {}
}
