package chat.switchboard.routing;

import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.Names;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.SwitchboardConfig;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;

/** Passes a person's text on to the others in the conversation, where that is wanted. */
@ApplicationScoped
public class GroupRelay {

  private static final Logger LOG = Logger.getLogger(GroupRelay.class);
  private static final int LARGEST_GROUP = 100;

  private final SwitchboardConfig config;
  private final Texts texts;

  GroupRelay(SwitchboardConfig config, Texts texts) {
    this.config = config;
    this.texts = texts;
  }

  /** Passes on a message that stands in its conversation now; nobody waits for it. */
  public void passOn(Message message) {
    if (!config.groups().relay() || message.metadata.getString("phoneNumber") == null) {
      return;
    }
    String author = message.metadata.getString("phoneNumber");
    Mapping.<Mapping>find(eq("conversationId", message.conversationId))
        .page(0, LARGEST_GROUP)
        .list()
        .map(
            members ->
                members.stream()
                    .filter(member -> !member.phoneNumber.equals(author))
                    // Twilio passes texts on itself within a conversation of its own.
                    .filter(member -> member.conversationSid == null)
                    .toList())
        .onItem()
        .transformToMulti((List<Mapping> others) -> Multi.createFrom().iterable(others))
        .onItem()
        .transformToUniAndConcatenate(
            other ->
                texts.send(
                    new GroupText(
                        Names.uuid("relay", message.messageId, other.phoneNumber).toString(),
                        other.serviceNumber,
                        other.phoneNumber,
                        message.sender + ": " + message.text,
                        message.conversationId)))
        .subscribe()
        .with(
            sent -> {},
            failure ->
                LOG.errorf(
                    "Message %s was not passed on: %s", message.messageId, Cause.of(failure)));
  }
}
