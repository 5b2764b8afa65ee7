package chat.switchboard.routing;

import io.smallrye.mutiny.Uni;

/** Sends a text message to a person; whoever can send provides this. */
public interface Texts {

  /** Queues a text; one with the same id is queued once. */
  Uni<Void> send(GroupText text);
}
