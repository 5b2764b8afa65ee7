package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/**
 * Signs a webhook with our own auth token, for our own public URL, and checks it as one of
 * Twilio's.
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
                  "Set it to the auth token of the account (an API key does not sign)."));
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
                        + (tokens.size() == 1 ? "our auth token" : "either of our auth tokens")
                        + " for "
                        + url
                        + " is let in.")
                : Finding.fail(
                    "A webhook that we signed ourselves for " + url + " is refused.",
                    "SWITCHBOARD_PUBLIC_URL must be what is entered at Twilio, less the path of the"
                        + " webhook."));
  }
}
