package chat.switchboard.twilio;

import chat.switchboard.ops.Body;
import chat.switchboard.ops.FailedAuthentications;
import chat.switchboard.ops.Refusal;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Opens what comes to one of Twilio's doors, or refuses it. */
@ApplicationScoped
class SignedRequest {

  private final SignatureCheck signature;
  private final FailedAuthentications failures;

  SignedRequest(SignatureCheck signature, FailedAuthentications failures) {
    this.signature = signature;
    this.failures = failures;
  }

  /** The fields, if the signature is right; a refusal is thrown if not. */
  SignedForm open(RoutingContext context) {
    HttpServerRequest request = context.request();
    return signature
        .open(
            request.absoluteURI(),
            request.uri(),
            request.getHeader("X-Twilio-Signature"),
            Body.of(context))
        .orElseThrow(
            () ->
                failures.answer(
                    "twilio",
                    request.remoteAddress().hostAddress(),
                    Refusal.of(403, "The X-Twilio-Signature is missing or does not match")));
  }
}
