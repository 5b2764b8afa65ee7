package chat.switchboard.inbound;

import chat.switchboard.librechat.Message;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import java.util.Locale;
import java.util.Optional;

/** The result of taking a message. */
public sealed interface Receipt {

  /** The notice that the person gets by text message. */
  Optional<String> notice();

  /** The label {@code outcome} of {@code switchboard.messages}, which is also in the log. */
  default String outcome() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /**
   * The message is in its conversation.
   *
   * @param replayed whether the message came before, so that this request did nothing
   */
  record Stored(
      Message message, Optional<MappingUsed> mapping, boolean replayed, Optional<String> notice)
      implements Receipt {

    /** Returns the receipt for the first request with the message. */
    Stored first() {
      return new Stored(message, mapping, false, notice);
    }
  }

  /** The message is kept in the inbox, and is appended from there. */
  record Kept(InboxEntry entry, Optional<String> notice) implements Receipt {
    Kept(InboxEntry entry) {
      this(entry, Optional.empty());
    }
  }

  /** The message was a code alone: the person is linked, and no message is appended. */
  record Linked(Optional<String> notice) implements Receipt {}

  /** The message is not stored. */
  record Refused(Reason reason, Optional<String> notice) implements Receipt {
    Refused(Reason reason) {
      this(reason, Optional.empty());
    }

    @Override
    public String outcome() {
      return reason.outcome();
    }
  }

  /** The reasons for which a message is not stored. */
  enum Reason {
    /** The service refuses messages from unknown senders. */
    STRANGER,
    /** The code that a program showed is unknown or has expired. */
    WRONG_CODE,
    /** Too many wrong codes were shown for this person. */
    TOO_MANY_CODES,
    /** Too many messages are in flight in this process. */
    BUSY,
    /** The same key came before with another content. */
    CONFLICT,
    /** The same message was stored before, and was deleted from its conversation since. */
    GONE,
    /** The conversation does not exist. */
    NO_CONVERSATION,
    /** LibreChat takes no messages for that conversation. */
    READ_ONLY,
    /** No LibreChat user is configured as the owner of new conversations. */
    NO_OWNER;

    static Reason of(Route.Reason reason) {
      return switch (reason) {
        case STRANGER -> STRANGER;
        case WRONG_CODE -> WRONG_CODE;
        case TOO_MANY_CODES -> TOO_MANY_CODES;
        case NO_CONVERSATION -> NO_CONVERSATION;
        case READ_ONLY -> READ_ONLY;
        case NO_OWNER -> NO_OWNER;
      };
    }

    /** One word without a separator, such as {@code wrongcode}. */
    String outcome() {
      return name().replace("_", "").toLowerCase(Locale.ROOT);
    }
  }
}
