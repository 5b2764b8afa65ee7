package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The numbers of removed items of a person.
 *
 * @param mappings mappings to conversations
 * @param codes codes of these mappings
 * @param inbox waiting messages, and records of received messages
 * @param outbox texts to the person, with their states
 * @param files pictures and other files that the person sent, which a job deletes
 * @param phones own phones of LibreChat users
 * @param optOuts opt-outs, of which only a keyed hash stays: the person still gets no texts
 */
@RegisterForReflection
@Schema(requiredProperties = {"mappings", "codes", "inbox", "outbox", "files", "phones", "optOuts"})
public record ForgottenView(
    long mappings, long codes, long inbox, long outbox, long files, long phones, long optOuts) {

  /** Whether nothing was stored about this person. */
  boolean foundNothing() {
    return mappings + codes + inbox + outbox + files + phones + optOuts == 0;
  }
}
