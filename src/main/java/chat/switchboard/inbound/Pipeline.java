package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.librechat.LibreChatRelease;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** The entrance for every message: admit, keep, route, append. */
@Singleton
public class Pipeline {

  private final LibreChatRelease release;
  private final Admission admission;
  private final KeyedMessages keyed;
  private final UnkeyedMessages unkeyed;
  private final StoredMessages stored;
  private final DatabaseConfig config;

  Pipeline(
      LibreChatRelease release,
      Admission admission,
      KeyedMessages keyed,
      UnkeyedMessages unkeyed,
      StoredMessages stored,
      DatabaseConfig config) {
    this.release = release;
    this.admission = admission;
    this.keyed = keyed;
    this.unkeyed = unkeyed;
    this.stored = stored;
    this.config = config;
  }

  /** Takes a message; after the receipt stored or kept, the message is in MongoDB. */
  public Uni<Receipt> receive(InboundMessage message) {
    return DatabaseRetry.within(config.timeout(), release.requirePlainText())
        .flatMap(plain -> admission.admit(message, () -> take(message)));
  }

  private Uni<Receipt> take(InboundMessage message) {
    return message
        .key()
        .map(key -> keyed.receive(message, key))
        .orElseGet(() -> unkeyed.receive(message));
  }

  /** Whether this message of Twilio's came before. */
  public Uni<Boolean> isKnown(TwilioMessage message) {
    return stored.isKnown(message);
  }
}
