package chat.switchboard.media;

import java.util.Optional;

/**
 * How Twilio's files are fetched.
 *
 * @param accountSid our account; empty if none is configured
 * @param apiUrl the base URL that replaces {@code https://api.twilio.com}; empty for that one
 * @param authorization the value of the header {@code Authorization}; empty without credentials
 */
public record TwilioAccess(
    Optional<String> accountSid, Optional<String> apiUrl, Optional<String> authorization) {

  /** Without the credentials. */
  @Override
  public String toString() {
    return "TwilioAccess";
  }
}
