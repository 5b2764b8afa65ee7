package chat.switchboard.twilio;

import chat.switchboard.http.HttpProbe;
import chat.switchboard.http.HttpProbe.Answer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads from Twilio's REST API. */
@ApplicationScoped
class TwilioApi {

  /** The product that has templates and the contents of buttons. */
  static final String CONTENT = "content";

  private final TwilioConfig twilioConfig;
  private final TwilioCredentialsConfig twilioCredentialsConfig;
  private final HttpProbe probe;

  TwilioApi(
      TwilioConfig twilioConfig, TwilioCredentialsConfig twilioCredentialsConfig, HttpProbe probe) {
    this.twilioConfig = twilioConfig;
    this.twilioCredentialsConfig = twilioCredentialsConfig;
    this.probe = probe;
  }

  /**
   * Reads a resource of the configured account, such as {@code IncomingPhoneNumbers.json}.
   *
   * @return empty if the account or its credentials are not set
   */
  Optional<Uni<Answer>> get(String resource) {
    Optional<String> account = set(twilioConfig.accountSid());
    Optional<String> credentials = credentials(account);
    if (account.isEmpty() || credentials.isEmpty()) {
      return Optional.empty();
    }
    String url =
        withoutSlash(twilioConfig.apiUrl().strip())
            + "/2010-04-01/Accounts/"
            + account.get()
            + "/"
            + resource;
    return Optional.of(probe.get(url, Map.of("Authorization", basic(credentials.get()))));
  }

  /**
   * Reads an address of the Content API, with the credentials of the account.
   *
   * @return empty if the account or its credentials are not set
   */
  Optional<Uni<Answer>> getContent(String address) {
    return authorization().map(basic -> probe.get(address, Map.of("Authorization", basic)));
  }

  /**
   * Returns the base URL of another API of Twilio's, without a slash at the end.
   *
   * @param product the first name of the API's host, such as {@code messaging}
   */
  String base(String product) {
    return set(twilioConfig.contentUrl())
        .filter(url -> product.equals(CONTENT))
        .map(TwilioApi::withoutSlash)
        .orElseGet(() -> base(twilioConfig.apiUrl(), product));
  }

  /**
   * Returns {@code https://messaging.twilio.com} beside {@code https://api.twilio.com}, also in a
   * region. Any other address has all APIs.
   */
  static String base(String apiUrl, String product) {
    String base = withoutSlash(apiUrl.strip());
    String host = Optional.ofNullable(URI.create(base).getHost()).orElse("");
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("api.") && lower.endsWith(".twilio.com")
        ? base.replace(host, product + host.substring("api".length()))
        : base;
  }

  private static String withoutSlash(String url) {
    return url.replaceAll("/+$", "");
  }

  /** Returns the value of the header {@code Authorization}; empty without credentials. */
  Optional<String> authorization() {
    return credentials(set(twilioConfig.accountSid())).map(TwilioApi::basic);
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Uses the API key if configured: an API key can be revoked without a change of the signatures.
   */
  private Optional<String> credentials(Optional<String> account) {
    Optional<String> key = set(twilioCredentialsConfig.apiKey());
    Optional<String> secret = set(twilioCredentialsConfig.apiSecret());
    if (key.isPresent() && secret.isPresent()) {
      return Optional.of(key.get() + ":" + secret.get());
    }
    return twilioCredentialsConfig.authTokens().orElse(List.of()).stream()
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .findFirst()
        .flatMap(token -> account.map(sid -> sid + ":" + token));
  }

  private static Optional<String> set(Optional<String> value) {
    return value.map(String::strip).filter(text -> !text.isEmpty());
  }
}
