package chat.switchboard.events;

import chat.switchboard.ops.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Signs our own outgoing events as Standard Webhooks describes ({@code v1}, HMAC-SHA256):
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
final class EventSigner {

  private static final String PREFIX = "whsec_";

  /** Standard Webhooks asks for 24 to 64 bytes. */
  private static final int SHORTEST_KEY = 24;

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
            .flatMap(secret -> key(secret).stream())
            .map(key -> "v1," + Base64.getEncoder().encodeToString(Digests.hmacSha256(key, signed)))
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

  /** The key of a secret: at least 24 bytes in base64 behind {@code whsec_}; empty for another. */
  static Optional<byte[]> key(String secret) {
    if (!secret.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      return Optional.of(key).filter(bytes -> bytes.length >= SHORTEST_KEY);
    } catch (IllegalArgumentException noBase64) {
      return Optional.empty();
    }
  }
}
