package chat.switchboard.media;

/** Which addresses a file may come from. */
interface AddressPolicy {

  /** What the policy says of an address. */
  enum Admission {
    /** No request goes there. */
    REFUSED,
    /** A request may go there, if each address that the name resolves to is public. */
    PUBLIC_ONLY,
    /** As {@link #PUBLIC_ONLY}; the request may carry the credentials. */
    PUBLIC_ONLY_WITH_CREDENTIALS,
    /** The operator configured this origin, which may have a private address. */
    CONFIGURED,
    /** As {@link #CONFIGURED}; the request may carry the credentials. */
    CONFIGURED_WITH_CREDENTIALS;

    boolean mayHavePrivateAddress() {
      return this == CONFIGURED || this == CONFIGURED_WITH_CREDENTIALS;
    }

    boolean mayCarryCredentials() {
      return this == PUBLIC_ONLY_WITH_CREDENTIALS || this == CONFIGURED_WITH_CREDENTIALS;
    }
  }

  /** Whether the first request may go to this address. */
  Admission first(MediaAddress address);

  /** Whether a redirect to this address is followed. */
  Admission redirect(MediaAddress address);
}
