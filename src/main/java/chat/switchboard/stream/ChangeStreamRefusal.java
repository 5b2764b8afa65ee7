package chat.switchboard.stream;

import com.mongodb.MongoCommandException;
import java.util.Optional;
import java.util.Set;

/**
 * A server's answer that it gives no change stream, and will give none until somebody changes
 * something there; other than one that was given and broke.
 *
 * @param says why, for the log and the doctor
 * @param mend what an operator can do
 */
record ChangeStreamRefusal(String says, String mend) {

  private static final String POLL =
      "With switchboard.stream.feed=poll no change stream is asked for.";

  /** Not allowed: Unauthorized, AuthenticationFailed, Atlas' own error. */
  private static final Set<Integer> FORBIDDEN = Set.of(13, 18, 8000);

  /** IllegalOperation, and "The $changeStream stage is only supported on replica sets". */
  private static final Set<Integer> NO_REPLICA_SET = Set.of(20, 40573);

  /**
   * FailedToParse, CommandNotFound, InvalidOptions, CommandNotSupported, NotImplemented (FerretDB),
   * an unknown stage, an unknown field: servers that only speak MongoDB's protocol.
   */
  private static final Set<Integer> UNKNOWN = Set.of(9, 59, 72, 115, 238, 303, 40324, 40415);

  /** An answer without a code, which MongoDB itself gives since 3.4. */
  private static final int NO_CODE = -1;

  /** DocumentDB, whose change streams are switched on for each collection; elsewhere a position. */
  private static final int SWITCHED_OFF = 136;

  /**
   * @param hadPosition whether the stream was to go on from a position, which may be what was
   *     refused
   */
  static Optional<ChangeStreamRefusal> of(Throwable failure, boolean hadPosition) {
    if (!(failure instanceof MongoCommandException refused)) {
      return Optional.empty();
    }
    int code = refused.getCode();
    if (FORBIDDEN.contains(code)) {
      return refusal(
          code,
          "it is not allowed",
          "Give the user of MONGO_URI the role readWrite on LibreChat's database, which holds"
              + " changeStream. ");
    }
    if (NO_REPLICA_SET.contains(code)) {
      return refusal(
          code,
          "only a replica set has one",
          "Make the server a replica set, of one member if need be (rs.initiate()). ");
    }
    if (UNKNOWN.contains(code) || code == NO_CODE) {
      return refusal(code, "the server does not know it", "");
    }
    if (code == SWITCHED_OFF && !hadPosition) {
      return refusal(
          code,
          "it is switched off",
          "DocumentDB: switch change streams on for the collection messages"
              + " (modifyChangeStreams). ");
    }
    return Optional.empty();
  }

  private static Optional<ChangeStreamRefusal> refusal(int code, String why, String mend) {
    return Optional.of(
        new ChangeStreamRefusal(
            "The server refuses a change stream"
                + (code == NO_CODE ? "" : " with code " + code)
                + ": "
                + why,
            mend + POLL));
  }
}
