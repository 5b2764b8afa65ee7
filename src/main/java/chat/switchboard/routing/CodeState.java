package chat.switchboard.routing;

/** The state of the code that came with a message. */
enum CodeState {
  /** There is no code, or what looked like one is ordinary text. */
  NONE,
  /** The code is not looked up yet. */
  UNREAD,
  /** The code is valid, and its conversation takes messages. */
  LIVE,
  /** A program showed a code that is unknown or has expired. */
  SHOWN_WRONG,
  /** A program showed a code for a person with too many wrong codes. */
  SHOWN_TOO_OFTEN,
  /** A person typed a code that is unknown or has expired. */
  TYPED_WRONG,
  /** A person typed a code after too many wrong codes. */
  TYPED_TOO_OFTEN;

  /** The forms in which a code comes. */
  enum Form {
    NONE,
    /** In a separate field. */
    SHOWN,
    /** At the beginning of a text, as one word. */
    TYPED,
    /** At the beginning of a text, with gaps: only a valid code is a code. */
    TYPED_WITH_GAPS
  }

  /**
   * Returns the state before the look-up.
   *
   * @param mayTry whether the person is below the limit of wrong codes
   */
  static CodeState before(Form form, boolean mayTry) {
    return switch (form) {
      case NONE -> NONE;
      case SHOWN -> mayTry ? UNREAD : SHOWN_TOO_OFTEN;
      case TYPED -> mayTry ? UNREAD : TYPED_TOO_OFTEN;
      case TYPED_WITH_GAPS -> mayTry ? UNREAD : NONE;
    };
  }

  /**
   * Returns the state after the look-up.
   *
   * @param live whether the code is valid and its conversation takes messages
   */
  static CodeState after(Form form, boolean live) {
    if (live) {
      return LIVE;
    }
    return switch (form) {
      case SHOWN -> SHOWN_WRONG;
      case TYPED -> TYPED_WRONG;
      case NONE, TYPED_WITH_GAPS -> NONE;
    };
  }
}
