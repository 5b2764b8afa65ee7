package chat.switchboard.inbound;

import chat.switchboard.librechat.Message;
import chat.switchboard.ops.Cause;
import chat.switchboard.routing.Mappings;
import chat.switchboard.text.ShownText;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/** Gives mappings the names that people gave on WhatsApp. */
@Singleton
class ProfileNames implements ReceivedListener {

  private static final Logger LOG = Logger.getLogger(ProfileNames.class);

  /** In grapheme clusters; WhatsApp's own limit is 25. */
  private static final int LONGEST = 60;

  private final Mappings mappings;

  ProfileNames(Mappings mappings) {
    this.mappings = mappings;
  }

  @Override
  public Uni<Void> onReceived(List<Message> messages) {
    return Multi.createFrom()
        .iterable(messages)
        .select()
        .where(ProfileNames::isNamed)
        .onItem()
        .transformToUniAndConcatenate(this::name)
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private static boolean isNamed(Message message) {
    return message.metadata != null
        && message.metadata.get("messageSid") instanceof String
        && message.metadata.get("profileName") instanceof String
        && message.metadata.get("phoneNumber") instanceof String;
  }

  /** A name is not worth a second delivery of the message. */
  private Uni<Void> name(Message message) {
    return mappings
        .nameProfile(
            message.metadata.getString("phoneNumber"),
            message.conversationId,
            ShownText.line(message.metadata.getString("profileName"), LONGEST))
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf("A profile name was not stored: %s", Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }
}
