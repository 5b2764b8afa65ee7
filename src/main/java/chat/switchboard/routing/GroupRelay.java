package chat.switchboard.routing;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Message;
import chat.switchboard.text.WhatsAppText;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/** Forwards a person's text to the other people in the conversation, if configured. */
@Singleton
public class GroupRelay {

  private static final int LARGEST_GROUP = 100;

  /** An older message was already forwarded, or is too old to forward. */
  private static final Duration OLDEST = Duration.ofDays(1);

  private final MappingStore store;
  private final GroupsConfig config;
  private final Texts texts;
  private final PhoneIdentities identities;
  private final Clock clock;

  GroupRelay(
      MappingStore store,
      GroupsConfig config,
      Texts texts,
      PhoneIdentities identities,
      Clock clock) {
    this.store = store;
    this.identities = identities;
    this.config = config;
    this.texts = texts;
    this.clock = clock;
  }

  /**
   * Forwards messages that are in their conversation; completes when the texts are in the outbox. A
   * repeated call after a crash adds only missing texts.
   */
  public Uni<Void> passOn(Collection<Message> messages) {
    List<Message> fromPhones =
        config.relay() ? messages.stream().filter(this::isPassedOn).toList() : List.of();
    return fromPhones.isEmpty()
        ? Uni.createFrom().voidItem()
        : Multi.createFrom()
            .iterable(fromPhones)
            .onItem()
            .transformToUniAndConcatenate(this::passOn)
            .collect()
            .asList()
            .replaceWithVoid();
  }

  private boolean isPassedOn(Message message) {
    return message.metadata != null
        && message.metadata.getString("phoneNumber") != null
        && message.createdAt.toInstant().isAfter(clock.instant().minus(OLDEST));
  }

  private Uni<Void> passOn(Message message) {
    return identities
        .of(message.metadata.getString("phoneNumber"))
        .flatMap(author -> passOn(message, author));
  }

  private Uni<Void> passOn(Message message, PhoneIdentity author) {
    return store
        .ofConversation(message.conversationId, LARGEST_GROUP)
        .onItem()
        .transformToMulti((List<Mapping> members) -> Multi.createFrom().iterable(each(members)))
        .select()
        // Within a Twilio conversation Twilio forwards the texts itself.
        .where(member -> !author.has(member.phoneNumber) && member.conversationSid == null)
        .onItem()
        .transformToUniAndConcatenate(other -> texts.send(text(message, other)))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  /** Keeps the first mapping of each person. */
  private static Collection<Mapping> each(List<Mapping> members) {
    Map<String, Mapping> people = new LinkedHashMap<>();
    members.forEach(member -> people.putIfAbsent(account(member), member));
    return people.values();
  }

  private static String account(Mapping member) {
    return PhoneAddress.of(member.phoneNumber).account();
  }

  /** The addresses of files are for the owner alone: the group reads their names. */
  private static String words(Message message) {
    return Stream.concat(
            Stream.of(caption(message)).filter(caption -> !caption.isBlank()),
            message.attachments().stream()
                .filter(file -> file.get("name") instanceof String)
                .map(file -> "[attachment: " + file.getString("name") + "]"))
        .collect(Collectors.joining("\n"));
  }

  /**
   * A text of WhatsApp goes on as the person wrote the text, not as LibreChat shows the text: in
   * WhatsApp's form, and without the words that the text answers.
   */
  private static String caption(Message message) {
    String caption = message.caption();
    if (message.metadata == null) {
      return caption;
    }
    if (message.metadata.get("repliedTo") instanceof Document original
        && original.get("quote") != null
        && caption.startsWith("> ")) {
      caption = caption.substring(caption.indexOf('\n') + 1).stripLeading();
    }
    return message.metadata.get("formatting") == null ? caption : WhatsAppText.of(caption);
  }

  private static GroupText text(Message message, Mapping to) {
    return new GroupText(
        DeterministicIds.uuid("relay", message.messageId, account(to)).toString(),
        to.serviceNumber,
        to.phoneNumber,
        message.sender + ": " + words(message),
        message.conversationId);
  }
}
