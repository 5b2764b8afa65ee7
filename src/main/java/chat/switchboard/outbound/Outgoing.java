package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;

/** The way out for texts. */
public interface Outgoing {

  /**
   * Keeps a text until it is sent. Done once it is kept, so that what asked for it may be
   * forgotten; the same id again changes nothing. A text to a person who opted out, and one that
   * the spend guard refuses, is kept as blocked.
   */
  Uni<Void> queue(OutgoingText text);
}
