package chat.switchboard.hooks;

import java.util.List;
import java.util.Optional;

/**
 * How a provider authenticates its webhooks. A provider is one value of this type in {@link
 * Schemes}; {@link WebhookVerifier} is the same for all.
 *
 * @param name the name of the scheme in a hook
 * @param proof what authenticates a request
 * @param time the time of the request; empty where the provider signs none
 * @param ids where the ID of the delivery is, the first present one counts; the hash of the body
 *     replaces a missing ID
 * @param events where the name of the event is, the first present one counts
 * @param handshake how the provider checks the endpoint
 */
record Scheme(
    String name,
    Proof proof,
    Optional<TimeSource> time,
    List<FieldSource> ids,
    List<FieldSource> events,
    Handshake handshake) {

  /** What authenticates a request. */
  sealed interface Proof {

    /** The names of the header that carries the proof; the first one that is present counts. */
    List<String> headers();
  }

  /**
   * A keyed hash of the request.
   *
   * @param separator between several signatures in one header; empty for a single one
   * @param label what precedes a signature, such as {@code sha256=} or {@code v1,}; items with
   *     another label do not count
   * @param signed the signed text with the places {@code {body}}, {@code {timestamp}}, {@code {id}}
   *     and {@code {url}}
   * @param keyForm how a secret becomes a key
   */
  record Signature(
      List<String> headers,
      String separator,
      String label,
      Algorithm algorithm,
      Encoding encoding,
      String signed,
      KeyForm keyForm)
      implements Proof {}

  /** A header that is the secret itself, behind a label such as {@code Bearer} or {@code Basic}. */
  record SharedSecret(List<String> headers, TokenForm form) implements Proof {}

  /** How a secret becomes a key. */
  enum KeyForm {
    /** The bytes of the secret in UTF-8. */
    UTF_8,
    /**
     * Standard Webhooks: base64 behind {@code whsec_} for HMAC-SHA256 ({@code v1}), or an Ed25519
     * public key behind {@code whpk_} ({@code v1a}).
     */
    STANDARD_WEBHOOKS
  }

  /** How a header carries a shared secret. */
  enum TokenForm {
    /** The value is the secret. */
    PLAIN,
    /** {@code Bearer <secret>}, or {@code Basic} with the base64 of the secret (RFC 6750, 7617). */
    AUTHORIZATION
  }
}
