package chat.switchboard.twilio;

import chat.switchboard.ops.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Signs a form post as Twilio does: HMAC-SHA1 over the URL and the fields, sorted by name (<a
 * href="https://www.twilio.com/docs/usage/security#validating-requests">Twilio's description</a>).
 */
public final class TwilioSignature {

  private TwilioSignature() {}

  /** Returns the value of {@code X-Twilio-Signature}. */
  public static String of(String authToken, String url, Map<String, String> fields) {
    StringBuilder signed = new StringBuilder(url);
    new TreeMap<>(fields).forEach((name, value) -> signed.append(name).append(value));
    byte[] mac =
        Digests.hmacSha1(
            authToken.getBytes(StandardCharsets.UTF_8),
            signed.toString().getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(mac);
  }
}
