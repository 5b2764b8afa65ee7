package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** The names of the owners of conversations. */
public interface OwnerNames {

  /** Returns the name of the LibreChat user who owns this conversation; empty if there is none. */
  Uni<Optional<String>> of(String conversationId);
}
