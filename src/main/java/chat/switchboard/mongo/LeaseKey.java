package chat.switchboard.mongo;

/**
 * The thing that only one replica at a time may work on. The id of the lease's document depends on
 * the kind; it stays as it is, because two versions of the service share the collection during a
 * rolling update.
 *
 * @param kind the kind of thing
 * @param name the thing among the others of its kind
 */
public record LeaseKey(Kind kind, String name) {

  /** The kinds of things, each with the beginning of the ids of its leases. */
  public enum Kind {
    /**
     * Appending to a conversation. The id is the conversation's id, a UUID, so that no job has the
     * same.
     */
    CONVERSATION(""),
    /** Sending from a service number. */
    SENDER("sms:"),
    /** Asking LibreChat for the answers in a conversation. */
    REPLY("reply:"),
    /** A job of the whole installation, such as the building of the indexes. */
    JOB("");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  /** Returns the key under which messages are appended to this conversation. */
  public static LeaseKey conversation(String conversationId) {
    return new LeaseKey(Kind.CONVERSATION, conversationId);
  }

  /** Returns the key under which texts are sent from this service number. */
  public static LeaseKey sender(String serviceNumber) {
    return new LeaseKey(Kind.SENDER, serviceNumber);
  }

  /** Returns the key under which LibreChat is asked for the answers in this conversation. */
  public static LeaseKey reply(String conversationId) {
    return new LeaseKey(Kind.REPLY, conversationId);
  }

  /** Returns the key of the job with this name. */
  public static LeaseKey job(String name) {
    return new LeaseKey(Kind.JOB, name);
  }

  /** Returns the {@code _id} of the lease's document. */
  String id() {
    return kind.prefix + name;
  }

  @Override
  public String toString() {
    return id();
  }
}
