package chat.switchboard.routing;

import io.smallrye.mutiny.Uni;

/** Sends a text message to a person; whoever can send provides this. */
public interface Texts {

  /**
   * Queues a text.
   *
   * @param from our number; empty if it is not known
   * @param to the person
   */
  Uni<Void> send(String from, String to, String text);
}
