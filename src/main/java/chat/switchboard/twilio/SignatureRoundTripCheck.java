package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/**
 * Signs a webhook with the configured auth token for the configured public URL, and verifies the
 * signature as for a webhook of Twilio.
 */
@ApplicationScoped
class SignatureRoundTripCheck implements Check {

  private static final Map<String, String> FIELDS = Map.of("Body", "Doctor", "From", "+15550100");
  private static final Map<String, List<String>> AS_READ =
      Map.of("Body", List.of("Doctor"), "From", List.of("+15550100"));

  private final TwilioCredentialsConfig credentials;
  private final PublicUrl publicUrl;
  private final SignatureVerifier check;

  SignatureRoundTripCheck(
      TwilioCredentialsConfig credentials, PublicUrl publicUrl, SignatureVerifier check) {
    this.credentials = credentials;
    this.publicUrl = publicUrl;
    this.check = check;
  }

  @Override
  public Area area() {
    return Area.TWILIO;
  }

  @Override
  public String name() {
    return "Signature";
  }

  @Override
  public Uni<Finding> look() {
    List<String> tokens =
        credentials.authTokens().orElse(List.of()).stream()
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .toList();
    if (tokens.isEmpty()) {
      return Uni.createFrom()
          .item(
              Finding.fail(
                  "TWILIO_AUTH_TOKEN is not set: every webhook is refused.",
                  "Set TWILIO_AUTH_TOKEN to the auth token of the account (an API key does not "
                      + "sign)."));
    }
    String url = publicUrl.webhook().orElse("http://localhost" + WebhookDoor.PATH);
    boolean all =
        tokens.stream()
            .allMatch(
                token ->
                    check.check(
                            url, WebhookDoor.PATH, TwilioSignature.of(token, url, FIELDS), AS_READ)
                        instanceof SignatureVerifier.Verdict.Right);
    return Uni.createFrom()
        .item(
            all
                ? Finding.ok(
                    "A webhook signed with "
                        + (tokens.size() == 1 ? "the auth token" : "either of the auth tokens")
                        + " for "
                        + url
                        + " is accepted.")
                : Finding.fail(
                    "A webhook that Switchboard signed itself for " + url + " is refused.",
                    "SWITCHBOARD_PUBLIC_URL must be the address that is entered at Twilio, without "
                        + "the path of the webhook."));
  }
}
