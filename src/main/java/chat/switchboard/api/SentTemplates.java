package chat.switchboard.api;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.ops.Cause;
import chat.switchboard.outbound.TemplateMessage;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.bson.Document;
import org.jboss.logging.Logger;

/**
 * Adds the words of a sent template to the conversation, once, so that the owner sees the words and
 * not an id. No agent answers them.
 */
@ApplicationScoped
class SentTemplates {

  private static final Logger LOG = Logger.getLogger(SentTemplates.class);

  private final Pipeline pipeline;

  SentTemplates(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Adds the words; a failure does not concern the text, which is queued. */
  Uni<Void> show(SmsOrderRequest request, TemplateMessage template, String words) {
    PhoneAddress person = PhoneAddress.of(request.to());
    String source = person.channel().name().toLowerCase(Locale.ROOT);
    Document metadata =
        new Document("source", source)
            .append("phoneNumber", request.to())
            .append("direction", "outbound")
            .append("textId", request.id())
            .append(
                "template",
                new Document("contentSid", template.contentSid())
                    .append("variables", new Document(new TreeMap<>(template.variables()))));
    return pipeline
        .receive(
            new InboundMessage(
                new ToConversation(request.conversationId()),
                List.of(words),
                "To " + person.shown(),
                source,
                metadata,
                // No caller's key has a space.
                Optional.of(new IdempotencyKey("template " + request.id())),
                false,
                false,
                Optional.of(false)))
        .invoke(
            receipt -> {
              if (receipt instanceof Receipt.Refused refused) {
                LOG.warnf(
                    "The words of the template of text %s are not in the conversation: %s",
                    request.id(), refused.reason());
              }
            })
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "The words of the template of text %s are not in the conversation: %s",
                  request.id(), Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }
}
