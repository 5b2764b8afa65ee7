package chat.switchboard.twilio;

import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.ProblemException;
import chat.switchboard.twilio.FormDecoder.MalformedForm;
import chat.switchboard.twilio.SignatureVerifier.Verdict;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Accepts or refuses a request to one of Twilio's doors: the bytes of the body are collected
 * (http.BodyLimit), decoded, checked against the signature, and checked for the form of each field,
 * in this order.
 */
@ApplicationScoped
class SignedRequest {

  private final SignatureVerifier signature;
  private final FormCheck form;
  private final FailedAuthentications failures;
  private final JsonWebhook json = new JsonWebhook();

  SignedRequest(SignatureVerifier signature, FormCheck form, FailedAuthentications failures) {
    this.signature = signature;
    this.form = form;
    this.failures = failures;
  }

  /**
   * @param forms one for a form; one for each event of a JSON list
   * @param answerable whether the client reads TwiML
   */
  record Opened(List<SignedForm> forms, boolean answerable) {}

  /**
   * Returns the fields; throws a refusal if the signature or the form of a field is wrong.
   *
   * @param isMessage whether the door accepts messages, whose fields are then all required
   */
  Opened open(RoutingContext context, boolean isMessage) {
    return isJson(context.request()) ? openJson(context, isMessage) : openForm(context, isMessage);
  }

  private Opened openForm(RoutingContext context, boolean isMessage) {
    HttpServerRequest request = context.request();
    Map<String, List<String>> fields;
    try {
      fields = FormDecoder.decode(BodyLimit.of(context));
    } catch (MalformedForm malformed) {
      // A body that cannot be decoded cannot be checked.
      throw unsigned(context, malformed.reason());
    }
    Verdict verdict =
        signature.check(
            request.absoluteURI(), request.uri(), request.getHeader("X-Twilio-Signature"), fields);
    SignedString text = text(context, verdict);
    SignedForm opened = new SignedForm(fields);
    refuseUnlessGenuine(
        context, form.flaw(opened, Optional.of(text), isMessage && IncomingSms.isIn(opened)));
    return new Opened(List.of(opened), true);
  }

  private Opened openJson(RoutingContext context, boolean isMessage) {
    HttpServerRequest request = context.request();
    byte[] body = BodyLimit.of(context);
    if (!SignatureVerifier.hasBodyHash(request.uri())) {
      RefusalLog.because(context, RefusalReason.BODY_HASH);
      throw ProblemException.of(415, "JSON needs bodySHA256 in the query, which Twilio signs");
    }
    Verdict verdict =
        signature.checkJson(
            request.absoluteURI(), request.uri(), request.getHeader("X-Twilio-Signature"), body);
    SignedString url = text(context, verdict);
    List<SignedForm> forms;
    try {
      forms = json.read(body);
    } catch (MalformedForm malformed) {
      RefusalLog.because(context, malformed.reason());
      throw ProblemException.of(400, "The body does not have the form of Twilio's JSON");
    }
    // A signed form whose fields were turned into the query of a URL.
    if (MovedBorders.isIn(url)) {
      refuseUnlessGenuine(context, Optional.of(RefusalReason.MOVED_BORDERS));
    }
    for (SignedForm one : forms) {
      refuseUnlessGenuine(
          context, form.flaw(one, Optional.empty(), isMessage && IncomingSms.isIn(one)));
    }
    return new Opened(forms, false);
  }

  private SignedString text(RoutingContext context, Verdict verdict) {
    if (verdict instanceof Verdict.Right right) {
      return right.text();
    }
    throw unsigned(context, ((Verdict.Wrong) verdict).reason());
  }

  private ProblemException unsigned(RoutingContext context, RefusalReason reason) {
    ProblemException refusal =
        failures.answer(
            "twilio",
            context.request().remoteAddress().hostAddress(),
            ProblemException.of(403, "The X-Twilio-Signature is missing or does not match"));
    RefusalLog.because(
        context, refusal.problem().status() == 429 ? RefusalReason.TOO_MANY_FAILURES : reason);
    return refusal;
  }

  private static void refuseUnlessGenuine(RoutingContext context, Optional<RefusalReason> flaw) {
    if (flaw.isPresent()) {
      RefusalLog.because(context, flaw.get());
      throw flaw.get() == RefusalReason.FIELD_MISSING
          ? ProblemException.of(400, "MessageSid, AccountSid, From, To and Body are required")
          : ProblemException.of(403, "The fields do not have Twilio's form");
    }
  }

  private static boolean isJson(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null && type.strip().toLowerCase(Locale.ROOT).startsWith("application/json");
  }
}
