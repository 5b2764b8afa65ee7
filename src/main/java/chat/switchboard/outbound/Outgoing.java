package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;

/** Accepts texts for sending. */
public interface Outgoing {

  /**
   * Queues a text. The result completes when the text is stored, so that the caller may delete its
   * own record; a repeated call with the same id changes nothing. A text to a person who has opted
   * out, and a text that the spend guard refuses, is stored as blocked.
   */
  Uni<Void> queue(OutgoingText text);
}
