package chat.switchboard.hooks;

import chat.switchboard.address.Channel;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.HookDelivery;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.ops.Digests;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Contact.Opening;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;

/** Makes the messages of deliveries and of digests, and hands them to the pipeline. */
final class HookMessages {

  private static final String SOURCE = Channel.HOOK.source();

  private HookMessages() {}

  static InboundMessage of(Hook hook, DeliveryEntity delivery) {
    return message(
        destination(
            hook.owner(),
            hook.conversationId(),
            delivery.thread,
            new Opening(
                hook.owner(), delivery.title, hook.endpoint(), hook.model(), hook.agentId())),
        delivery.text,
        hook.sender().orElse(hook.name()),
        metadata(hook.name(), delivery.deliveryId, delivery.event),
        HookKeys.message(hook.name(), delivery.deliveryId),
        hook.reply());
  }

  static InboundMessage of(DigestEntity digest) {
    Document metadata = metadata(digest.hook, digest.firstDeliveryId, digest.event);
    metadata.append("deliveries", digest.deliveries.intValue());
    return message(
        destination(
            digest.owner,
            Optional.ofNullable(digest.conversationId),
            digest.address,
            new Opening(
                digest.owner,
                digest.title,
                Optional.ofNullable(digest.endpoint),
                Optional.ofNullable(digest.model),
                Optional.ofNullable(digest.agentId))),
        text(digest),
        digest.sender,
        metadata,
        HookKeys.digestMessage(digest.hook, digest.firstDeliveryId),
        Boolean.TRUE.equals(digest.reply));
  }

  private static String text(DigestEntity digest) {
    Digest text =
        Digest.begin(
            digest.address,
            digest.deliveryIds.get(0),
            digest.texts.get(0),
            digest.startedAt.toInstant(),
            Duration.ZERO);
    for (int at = 1; at < digest.texts.size(); at++) {
      text = text.with(digest.deliveryIds.get(at), digest.texts.get(at));
    }
    return text.withMore(digest.deliveries - digest.texts.size()).text();
  }

  /**
   * The owner is part of the address: after a change of the owner, nothing goes into a conversation
   * of the former one.
   */
  private static InboundMessage.Destination destination(
      String owner, Optional<String> conversationId, String address, Opening opening) {
    return conversationId
        .<InboundMessage.Destination>map(
            id -> new ToConversation(UUID.fromString(id), Optional.of(owner)))
        .orElseGet(
            () ->
                new ToContact(
                    new Contact(
                        address,
                        Optional.of("owner:" + ownerKey(owner)),
                        SOURCE,
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        Optional.of(opening))));
  }

  /** A name of the owner that shows no e-mail address. */
  static String ownerKey(String owner) {
    return Digests.sha256Hex(owner.strip().toLowerCase(Locale.ROOT)).substring(0, 16);
  }

  private static Document metadata(String hook, String deliveryId, String event) {
    Document metadata =
        new Document("source", SOURCE).append("hook", hook).append("deliveryId", deliveryId);
    if (event != null && !event.isEmpty()) {
      metadata.append("event", event);
    }
    return metadata;
  }

  private static InboundMessage message(
      InboundMessage.Destination destination,
      String text,
      String sender,
      Document metadata,
      UUID messageId,
      boolean reply) {
    return new InboundMessage(
        destination,
        List.of(text),
        sender,
        SOURCE,
        metadata,
        Optional.of(new HookDelivery(messageId)),
        // The values of the payload are escaped by the renderer; the rest is the operator's.
        true,
        true,
        Optional.of(reply));
  }
}
