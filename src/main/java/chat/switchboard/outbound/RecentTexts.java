package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** The texts that people wrote to us. */
public interface RecentTexts {

  /**
   * Whether this person has written a text.
   *
   * @param person the person's address, as Twilio spells it
   * @param since the earliest time of the text
   */
  Uni<Boolean> hasWritten(String person, Instant since);
}
