package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What was removed of a person.
 *
 * @param mappings which conversations they wrote into
 * @param codes codes of those mappings
 * @param inbox messages that waited, and the memory of those that came
 * @param outbox texts to them, and what became of those
 * @param optOuts opt-outs, of which only a keyed hash is kept: they still get no texts
 */
@RegisterForReflection
@Schema(requiredProperties = {"mappings", "codes", "inbox", "outbox", "optOuts"})
public record ForgottenView(long mappings, long codes, long inbox, long outbox, long optOuts) {

  /** Whether nothing was kept of this person. */
  boolean foundNothing() {
    return mappings + codes + inbox + outbox + optOuts == 0;
  }
}
