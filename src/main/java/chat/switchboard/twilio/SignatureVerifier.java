package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Digests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Verifies Twilio's signature of a request: an HMAC with the account's auth token over the URL that
 * Twilio called and all of the fields. The check fails closed and has no exception for development:
 * dev mode signs its own messages.
 *
 * <p>twilio-java's RequestValidator is not used: it parses and rebuilds the URL, and so refuses
 * Twilio's own signature for {@code https://host:443/…?a=%26}.
 */
@ApplicationScoped
class SignatureVerifier {

  private static final Logger LOG = Logger.getLogger(SignatureVerifier.class);

  /** Twilio's name for the SHA-256 of a JSON body, in the query of the signed URL. */
  private static final Pattern BODY_HASH = Pattern.compile("[?&]bodySHA256=([^&#]*)");

  private final List<byte[]> keys;
  private final Optional<String> publicUrl;

  @Inject
  SignatureVerifier(PublicUrl publicUrl, TwilioCredentialsConfig twilioCredentialsConfig) {
    this(twilioCredentialsConfig.authTokens().orElse(List.of()), publicUrl);
  }

  SignatureVerifier(List<String> authTokens, PublicUrl publicUrl) {
    this.keys =
        authTokens.stream()
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .map(token -> token.getBytes(StandardCharsets.UTF_8))
            .toList();
    this.publicUrl = publicUrl.signed();
  }

  /** The result of the check of a signature. */
  sealed interface Verdict {

    /**
     * @param text the string that Twilio signed, with the borders of this request
     */
    record Right(SignedString text) implements Verdict {}

    record Wrong(RefusalReason reason) implements Verdict {}
  }

  /**
   * Checks a form.
   *
   * @param requestUrl the URL as the server saw it; used where no public URL is configured
   * @param pathAndQuery the part of that URL from the path on, byte for byte
   * @param signature the header {@code X-Twilio-Signature}, or null
   */
  Verdict check(
      String requestUrl, String pathAndQuery, String signature, Map<String, List<String>> fields) {
    Optional<RefusalReason> hindrance = hindrance(signature);
    if (hindrance.isPresent()) {
      return new Verdict.Wrong(hindrance.get());
    }
    String url = url(requestUrl, pathAndQuery);
    boolean right = isSigned(url, fields, Comparator.naturalOrder(), signature);
    if (!right && SignedString.isOrderAmbiguous(fields)) {
      right = isSigned(url, fields, SignedString.BY_CODE_POINT, signature);
    }
    return right ? new Verdict.Right(SignedString.of(url, fields)) : wrong(url);
  }

  /**
   * Checks a JSON body: Twilio signs only the URL, whose query contains the hash of the body.
   *
   * @see #check
   */
  Verdict checkJson(String requestUrl, String pathAndQuery, String signature, byte[] body) {
    Optional<RefusalReason> hindrance = hindrance(signature);
    if (hindrance.isPresent()) {
      return new Verdict.Wrong(hindrance.get());
    }
    String url = url(requestUrl, pathAndQuery);
    if (!isSigned(url, Map.of(), Comparator.naturalOrder(), signature)) {
      return wrong(url);
    }
    Matcher hash = BODY_HASH.matcher(pathAndQuery);
    boolean right =
        hash.find()
            && MessageDigest.isEqual(
                hash.group(1).toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.UTF_8),
                Digests.sha256Hex(body).getBytes(StandardCharsets.UTF_8))
            && !hash.find();
    return right
        ? new Verdict.Right(SignedString.of(url, Map.of()))
        : new Verdict.Wrong(RefusalReason.BODY_HASH);
  }

  /** Whether the query of an address has the hash of a body. */
  static boolean hasBodyHash(String pathAndQuery) {
    return BODY_HASH.matcher(pathAndQuery).find();
  }

  private Optional<RefusalReason> hindrance(String signature) {
    if (keys.isEmpty()) {
      LOG.error(
          "A webhook was refused: TWILIO_AUTH_TOKEN is not set and no signature can be checked.");
      return Optional.of(RefusalReason.NO_AUTH_TOKEN);
    }
    return signature == null || signature.isBlank()
        ? Optional.of(RefusalReason.SIGNATURE_MISSING)
        : Optional.empty();
  }

  private String url(String requestUrl, String pathAndQuery) {
    return publicUrl.map(base -> CalledUrl.below(base, pathAndQuery)).orElse(requestUrl);
  }

  private static Verdict wrong(String url) {
    LOG.warnf(
        "A signature is wrong for %s. If the request came from Twilio, SWITCHBOARD_PUBLIC_URL "
            + "differs from the address entered at Twilio, or TWILIO_AUTH_TOKEN belongs to another "
            + "account.",
        CalledUrl.shown(url));
    return new Verdict.Wrong(RefusalReason.SIGNATURE_WRONG);
  }

  /**
   * Every key and every spelling is tried, so that the response time does not reveal a near match.
   */
  private boolean isSigned(
      String url, Map<String, List<String>> fields, Comparator<String> order, String signature) {
    byte[] given = signature.strip().getBytes(StandardCharsets.UTF_8);
    boolean right = false;
    for (String spelling : CalledUrl.spellings(url)) {
      byte[] text =
          SignedString.of(spelling, fields, order).text().getBytes(StandardCharsets.UTF_8);
      for (byte[] key : keys) {
        right |=
            MessageDigest.isEqual(given, Base64.getEncoder().encode(Digests.hmacSha1(key, text)));
      }
    }
    return right;
  }
}
