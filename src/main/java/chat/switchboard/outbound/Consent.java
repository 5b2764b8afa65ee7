package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** The consent of people to texts. */
public interface Consent {

  /**
   * Whether this person may get texts, because the person has not opted out.
   *
   * @param person the person's address, as Twilio spells it
   * @param ourNumber the number that would send; empty for the configured default sender
   */
  Uni<Boolean> mayReceive(String person, Optional<String> ourNumber);
}
