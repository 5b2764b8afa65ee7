package chat.switchboard.outbound;

import java.util.Locale;

/** Why the spend guard refuses a text. */
public enum SpendReason {
  /** The country of the number is not allowed. */
  COUNTRY,
  /** A premium, shared-cost, satellite or unassigned range, or a short code. */
  RANGE,
  /** The limit of segments a day for all texts is reached. */
  TOTAL,
  /** The limit of segments a day for the owner of the conversation is reached. */
  OWNER,
  /** The limit of segments a day for one person is reached. */
  PERSON,
  /** The limit of new people who get an answer on a day is reached. */
  PEOPLE,
  /**
   * An operator has paused all sending. Only notices that cannot wait are refused for this reason.
   */
  PAUSED;

  /** Returns the name as a metric label and as a member of the API's responses. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
