package chat.switchboard.twilio;

import chat.switchboard.ops.SwitchboardConfig;
import com.twilio.security.RequestValidator;
import io.netty.handler.codec.http.QueryStringDecoder;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Opens a form post only if it carries Twilio's signature: an HMAC with the account's auth token
 * over the URL that Twilio called and all of the fields. It fails closed, and there is no way
 * around it for development: dev mode signs its own messages.
 */
@ApplicationScoped
class SignatureCheck {

  private static final Logger LOG = Logger.getLogger(SignatureCheck.class);

  /** A webhook has some 30 fields; a message has at most 10 media items of two fields each. */
  private static final int MOST_FIELDS = 512;

  private final List<RequestValidator> validators;
  private final Optional<String> publicUrl;

  SignatureCheck(SwitchboardConfig config) {
    this.validators =
        config.twilio().authTokens().orElse(List.of()).stream()
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .map(RequestValidator::new)
            .toList();
    this.publicUrl =
        config.publicUrl().map(url -> url.strip().replaceAll("/+$", "")).filter(s -> !s.isEmpty());
  }

  /**
   * @param requestUrl the URL as the server saw it
   * @param pathAndQuery the same, from the path on
   * @param signature the header {@code X-Twilio-Signature}, or null
   * @param body the body as it came
   * @return the fields; empty if the signature is missing or wrong
   */
  Optional<SignedForm> open(String requestUrl, String pathAndQuery, String signature, byte[] body) {
    if (validators.isEmpty()) {
      LOG.error("A webhook was refused: TWILIO_AUTH_TOKEN is not set, so none can be checked.");
      return Optional.empty();
    }
    if (signature == null || signature.isBlank()) {
      LOG.warn("A webhook was refused: it carries no X-Twilio-Signature.");
      return Optional.empty();
    }
    Map<String, List<String>> fields;
    try {
      fields =
          new QueryStringDecoder(
                  new String(body, StandardCharsets.UTF_8),
                  StandardCharsets.UTF_8,
                  false,
                  MOST_FIELDS,
                  true)
              .parameters();
    } catch (IllegalArgumentException malformed) {
      LOG.warn("A webhook was refused: its body is no form, so that nothing can be checked.");
      return Optional.empty();
    }
    String url = publicUrl.map(base -> publicUrl(base, pathAndQuery)).orElse(requestUrl);
    Map<String, String> signed = signed(fields);
    if (validators.stream().anyMatch(one -> one.validate(url, signed, signature.strip()))) {
      return Optional.of(new SignedForm(fields));
    }
    LOG.warnf(
        "A webhook was refused: its signature is wrong for %s. If it came from Twilio, then"
            + " SWITCHBOARD_PUBLIC_URL is not what is entered there, or TWILIO_AUTH_TOKEN is not"
            + " that account's.",
        withoutQuery(url));
    return Optional.empty();
  }

  /** The configured URL may be the base, or the whole address of the webhook as entered. */
  private static String publicUrl(String base, String pathAndQuery) {
    String path = withoutQuery(pathAndQuery);
    String query = pathAndQuery.substring(path.length());
    return base.endsWith(path) ? base + query : base + pathAndQuery;
  }

  private static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }

  /**
   * Twilio signs the name and the value of each field run together, sorted by name; a field that
   * comes again counts once for each distinct value, sorted. The validator takes one value for a
   * name, so that the further ones are put behind the first as they would be signed.
   */
  private static Map<String, String> signed(Map<String, List<String>> fields) {
    Map<String, String> signed = new TreeMap<>();
    fields.forEach(
        (name, values) ->
            signed.put(
                name, values.stream().distinct().sorted().collect(Collectors.joining(name))));
    return signed;
  }
}
