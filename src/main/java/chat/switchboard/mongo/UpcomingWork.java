package chat.switchboard.mongo;

import io.smallrye.mutiny.Uni;
import java.util.Date;

/**
 * The work of one collection that periodic searches find. {@link IdleWatch} asks for upcoming work
 * while this process is quiet, and the searches run only if there is such work.
 */
public interface UpcomingWork {

  /** Whether a document of the collection is or becomes due before this moment. */
  Uni<Boolean> isDueBefore(Date moment);
}
