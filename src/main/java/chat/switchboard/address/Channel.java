package chat.switchboard.address;

/**
 * A Twilio channel, which the scheme in front of an address names
 * (https://www.twilio.com/docs/messaging/channels).
 */
public enum Channel {
  /** SMS and MMS; the address has no scheme. */
  SMS("", "sms"),
  WHATSAPP("whatsapp:", "whatsapp"),
  RCS("rcs:", "rcs"),
  /** Facebook Messenger. */
  MESSENGER("messenger:", "messenger"),
  SIP("sip:", "sms"),
  /** A client of Twilio's Voice or Conversations SDK. */
  CLIENT("client:", "sms"),
  /** The webhooks of another service; not a channel of Twilio. */
  HOOK("hook:", "webhook");

  private final String scheme;
  private final String source;

  Channel(String scheme, String source) {
    this.scheme = scheme;
    this.source = source;
  }

  /** The scheme with its colon; empty for SMS. */
  public String scheme() {
    return scheme;
  }

  /** The value of {@code metadata.source} for messages of this channel. */
  public String source() {
    return source;
  }
}
