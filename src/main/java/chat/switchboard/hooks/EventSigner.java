package chat.switchboard.hooks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Signs our own outgoing events as Standard Webhooks describes ({@code v1}, HMAC-SHA256):
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
final class EventSigner {

  private EventSigner() {}

  /**
   * The headers of a signed event.
   *
   * @param secrets base64 behind {@code whsec_}; each one gives a signature, for rotation
   * @param id the ID of the event, the same at each try
   * @param at the time of this try
   * @throws IllegalArgumentException if no secret is usable
   */
  static Map<String, String> headers(List<String> secrets, String id, Instant at, byte[] body) {
    String timestamp = Long.toString(at.getEpochSecond());
    byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    byte[] signed = new byte[start.length + body.length];
    System.arraycopy(start, 0, signed, 0, start.length);
    System.arraycopy(body, 0, signed, start.length, body.length);
    List<String> signatures =
        secrets.stream()
            .filter(secret -> !secret.startsWith("whpk_"))
            .flatMap(secret -> WebhookVerifier.standardKey(secret).stream())
            .map(
                key ->
                    "v1,"
                        + Encoding.BASE64.encode(
                            WebhookVerifier.mac(Algorithm.SHA256, key, signed)))
            .toList();
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException("An event needs a secret in base64 behind whsec_");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    headers.put("webhook-signature", String.join(" ", signatures));
    return headers;
  }
}
