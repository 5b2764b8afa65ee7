package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;

/** One thing that the doctor looks at. Whoever knows the thing provides it as a bean. */
public interface Check {

  /** What it is about; the doctor's list is in this order. */
  enum Area {
    TWILIO,
    LIBRECHAT,
    DATABASE,
    SWITCHBOARD
  }

  Area area();

  /** A few words, such as "Public URL". */
  String name();

  /** Looks. It changes nothing; a failure, or taking too long, is a finding too. */
  Uni<Finding> look();
}
