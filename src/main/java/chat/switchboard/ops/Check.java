package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;

/** A check of the doctor. The package that knows the subject provides the check as a bean. */
public interface Check {

  /** The subject of a check; the doctor's list has this order. */
  enum Area {
    TWILIO,
    LIBRECHAT,
    DATABASE,
    SWITCHBOARD
  }

  Area area();

  /** Returns a few words, such as "Public URL". */
  String name();

  /** Runs the check, which changes nothing. A failure or a timeout also becomes a finding. */
  Uni<Finding> look();
}
