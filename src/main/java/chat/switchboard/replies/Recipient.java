package chat.switchboard.replies;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.librechat.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/**
 * A person whom a text can reach.
 *
 * @param to the person's address
 * @param from the service number to which the person wrote; empty if unknown
 */
record Recipient(String to, Optional<String> from) {

  /** The sources of messages that a text can answer. */
  private static final Set<String> SOURCES = Set.of("sms", "mms", "whatsapp", "rcs", "messenger");

  /** Returns the sender of this message; empty if the message did not come from a phone. */
  static Optional<Recipient> of(Message message) {
    Document metadata = message.metadata == null ? new Document() : message.metadata;
    boolean isText =
        metadata.get("source") instanceof String source
            && SOURCES.contains(source.toLowerCase(Locale.ROOT));
    return Optional.of(metadata)
        .filter(known -> isText)
        .map(known -> known.get("phoneNumber"))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(number -> !number.isBlank())
        .map(
            number ->
                new Recipient(
                    number,
                    Optional.ofNullable(metadata.get("serviceNumber"))
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .filter(service -> !service.isBlank())));
  }

  static Recipient of(Document stored) {
    return new Recipient(stored.getString("to"), Optional.ofNullable(stored.getString("from")));
  }

  /**
   * Returns the people whose texts these replies answer, each once, by the number that the person
   * has used last.
   */
  static List<Recipient> ofEach(Collection<Reply> replies) {
    Map<String, Recipient> byPerson = new LinkedHashMap<>();
    replies.stream()
        .flatMap(reply -> reply.phones.stream())
        .map(Recipient::of)
        .forEach(phone -> byPerson.put(phone.account(), phone));
    return List.copyOf(byPerson.values());
  }

  /** Returns the wanted people who are also allowed. */
  static List<Recipient> among(Collection<Recipient> allowed, Collection<Recipient> wanted) {
    Set<String> people = allowed.stream().map(Recipient::to).collect(Collectors.toSet());
    return wanted.stream().filter(phone -> people.contains(phone.to())).toList();
  }

  Document stored() {
    return new Document("to", to).append("from", from.orElse(null));
  }

  /** Returns the key of the person's account. */
  String account() {
    return PhoneAddress.of(to).account();
  }
}
