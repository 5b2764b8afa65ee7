package chat.switchboard.twilio;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a form post as Twilio does: HMAC-SHA1 over the URL and the fields, sorted by name (<a
 * href="https://www.twilio.com/docs/usage/security#validating-requests">Twilio's description</a>).
 */
public final class TwilioSignature {

  private TwilioSignature() {}

  /** What stands in {@code X-Twilio-Signature}. */
  public static String of(String authToken, String url, Map<String, String> fields) {
    StringBuilder signed = new StringBuilder(url);
    new TreeMap<>(fields).forEach((name, value) -> signed.append(name).append(value));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java platform has HmacSHA1", impossible);
    }
  }
}
