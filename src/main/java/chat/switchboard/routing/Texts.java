package chat.switchboard.routing;

import io.smallrye.mutiny.Uni;

/** Sends text messages to people; implemented by a package that can send. */
public interface Texts {

  /** Queues a text; repeated calls with the same id queue the text once. */
  Uni<Void> send(GroupText text);
}
