package chat.switchboard.feed;

import com.mongodb.MongoCommandException;
import java.util.Optional;
import java.util.Set;

/**
 * The response of a server that refuses every change stream until an operator changes the server. A
 * change stream that was open and broke is not a refusal.
 *
 * @param says the reason, for the log and the doctor
 * @param mend the remedy for the operator
 */
record ChangeStreamRefusal(String says, String mend) {

  private static final String POLL =
      "To run without change streams, set switchboard.stream.feed=poll.";

  /** Not allowed: Unauthorized, AuthenticationFailed, Atlas' own error. */
  private static final Set<Integer> FORBIDDEN = Set.of(13, 18, 8000);

  /** IllegalOperation, and "The $changeStream stage is only supported on replica sets". */
  private static final Set<Integer> NO_REPLICA_SET = Set.of(20, 40573);

  /**
   * FailedToParse, CommandNotFound, InvalidOptions, CommandNotSupported, NotImplemented (FerretDB),
   * an unknown stage, an unknown field: servers that only speak MongoDB's protocol.
   */
  private static final Set<Integer> UNKNOWN = Set.of(9, 59, 72, 115, 238, 303, 40324, 40415);

  /** A response without a code does not come from MongoDB, which sends codes since 3.4. */
  private static final int NO_CODE = -1;

  /**
   * DocumentDB, where change streams are disabled by default for each collection; on other servers
   * the code means a lost position.
   */
  private static final int SWITCHED_OFF = 136;

  /**
   * @param hadPosition whether the request named a position; the server may refuse the position
   *     only
   */
  static Optional<ChangeStreamRefusal> of(Throwable failure, boolean hadPosition) {
    if (!(failure instanceof MongoCommandException refused)) {
      return Optional.empty();
    }
    int code = refused.getCode();
    if (FORBIDDEN.contains(code)) {
      return refusal(
          code,
          "the user of MONGO_URI may not open change streams",
          "Give the user of MONGO_URI the role readWrite on LibreChat's database, which holds"
              + " changeStream. ");
    }
    if (NO_REPLICA_SET.contains(code)) {
      return refusal(
          code,
          "only a replica set has change streams",
          "Make the server a replica set; one member is enough (rs.initiate()). ");
    }
    if (UNKNOWN.contains(code) || code == NO_CODE) {
      return refusal(code, "the server does not support change streams", "");
    }
    if (code == SWITCHED_OFF && !hadPosition) {
      return refusal(
          code,
          "change streams are disabled",
          "DocumentDB: enable change streams for the collection messages"
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
