package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Who wants to get texts from us. */
public interface Consent {

  /**
   * Whether this person may be sent texts: they have not opted out.
   *
   * @param person as Twilio names them
   * @param ourNumber the number that would send; empty for the one that is set for all
   */
  Uni<Boolean> mayReceive(String person, Optional<String> ourNumber);
}
