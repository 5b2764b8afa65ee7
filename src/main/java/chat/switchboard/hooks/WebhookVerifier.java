package chat.switchboard.hooks;

import chat.switchboard.hooks.Scheme.KeyForm;
import chat.switchboard.hooks.Scheme.SharedSecret;
import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Scheme.TokenForm;
import chat.switchboard.hooks.Verification.HandshakeAnswer;
import chat.switchboard.hooks.Verification.Refused;
import chat.switchboard.hooks.Verification.Verified;
import chat.switchboard.ops.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that a request comes from the provider that knows the secret of a hook, by the raw bytes
 * of the request and in constant time, before anything is parsed.
 */
final class WebhookVerifier {

  /** The longest header that carries a signature, a time or an ID, in characters. */
  private static final int LONGEST_HEADER = 4096;

  /** The most signatures in one header that are compared. */
  private static final int MOST_SIGNATURES = 16;

  /** The longest ID of a delivery, in characters; a longer one is replaced by its hash. */
  private static final int LONGEST_ID = 256;

  private static final int LONGEST_EVENT = 128;

  private static final Pattern PLACE = Pattern.compile("\\{(body|timestamp|id|url)}");

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,15}");

  private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

  private static final String STANDARD_PUBLIC_KEY = "whpk_";
  private static final String ED25519_LABEL = "v1a,";

  /**
   * Without an ID a body that arrives again within this time is a repetition, and later a new
   * event: a disk can be full twice. Zoom, which sends no ID, repeats a webhook for 85 minutes
   * (https://devsupport.zoom.us/hc/en-us/articles/360059893812-Webhook-delays).
   */
  static final Duration REPEATED_WITHIN = Duration.ofHours(2);

  private final Clock clock;

  WebhookVerifier(Clock clock) {
    this.clock = clock;
  }

  /**
   * Checks a POST request.
   *
   * @param secrets every secret that is valid now; more than one during a rotation
   * @param payload reads the payload; called only for an authentic request
   */
  Verification verify(
      Scheme scheme, List<String> secrets, WebhookRequest request, Supplier<Payload> payload) {
    List<String> usable = secrets.stream().filter(secret -> !secret.isBlank()).toList();
    if (usable.isEmpty()) {
      return new Refused("The hook has no usable secret");
    }
    try {
      return scheme.proof() instanceof Signature signature
          ? signed(scheme, signature, usable, request, payload)
          : shared(scheme, (SharedSecret) scheme.proof(), usable, request, payload);
    } catch (Refusal refusal) {
      return new Refused(refusal.getMessage());
    }
  }

  private Verification signed(
      Scheme scheme,
      Signature signature,
      List<String> secrets,
      WebhookRequest request,
      Supplier<Payload> payload) {
    String value = onlyValue(request, signature.headers(), "signature");
    String timestamp = timestamp(scheme, signature, value, request);
    byte[] signed = signedBytes(scheme, signature, request, timestamp);
    boolean authentic =
        signature.keyForm() == KeyForm.STANDARD_WEBHOOKS
            ? standard(signature, secrets, value, signed)
            : keyed(signature, secrets, value, signed);
    if (!authentic) {
      return new Refused("No signature matches a secret of the hook");
    }
    // The time is compared after the signature: only then is it the provider's.
    scheme.time().ifPresent(time -> checkTime(time, timestamp, payload));
    return accepted(scheme, secrets, request, payload);
  }

  private Verification shared(
      Scheme scheme,
      SharedSecret proof,
      List<String> secrets,
      WebhookRequest request,
      Supplier<Payload> payload) {
    String value = onlyValue(request, proof.headers(), "secret");
    String token =
        proof.form() == TokenForm.PLAIN
            ? value
            : credentials(value)
                .orElseThrow(() -> new Refusal("The Authorization header has another form"));
    boolean known = false;
    for (String secret : secrets) {
      known |= Digests.isEqual(secret, token);
    }
    return known
        ? accepted(scheme, secrets, request, payload)
        : new Refused("The secret in the header is wrong");
  }

  /** The token of {@code Bearer}, or {@code user:password} of {@code Basic}. */
  private static Optional<String> credentials(String value) {
    int blank = value.indexOf(' ');
    if (blank < 0) {
      return Optional.empty();
    }
    String rest = value.substring(blank + 1).strip();
    String form = value.substring(0, blank);
    if (form.equalsIgnoreCase("Bearer")) {
      return Optional.of(rest);
    }
    return form.equalsIgnoreCase("Basic")
        ? Encoding.BASE64.decode(rest).map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static boolean keyed(
      Signature signature, List<String> secrets, String value, byte[] signed) {
    List<byte[]> found = signatures(signature, signature.label(), value);
    boolean matches = false;
    for (String secret : secrets) {
      byte[] wanted =
          Digests.hmac(
              signature.algorithm().jcaName(), secret.getBytes(StandardCharsets.UTF_8), signed);
      matches |= contains(found, wanted);
    }
    return matches;
  }

  /**
   * A public key verifies only {@code v1a}, a secret only {@code v1}: neither is ever the other.
   */
  private static boolean standard(
      Signature signature, List<String> secrets, String value, byte[] signed) {
    List<byte[]> hashes = signatures(signature, signature.label(), value);
    List<byte[]> ed25519 = signatures(signature, ED25519_LABEL, value);
    boolean matches = false;
    for (String secret : secrets) {
      if (secret.startsWith(STANDARD_PUBLIC_KEY)) {
        Optional<PublicKey> key =
            StandardKeys.publicKey(secret.substring(STANDARD_PUBLIC_KEY.length()));
        for (byte[] one : ed25519) {
          matches |= key.isPresent() && StandardKeys.verifies(key.get(), one, signed);
        }
      } else {
        Optional<byte[]> key = StandardKeys.secret(secret);
        if (key.isPresent()) {
          matches |=
              contains(hashes, Digests.hmac(signature.algorithm().jcaName(), key.get(), signed));
        }
      }
    }
    return matches;
  }

  private static List<byte[]> signatures(Signature signature, String label, String value) {
    List<String> items =
        signature.separator().isEmpty()
            ? List.of(value.strip())
            : items(value, signature.separator());
    return items.stream()
        .filter(item -> item.startsWith(label))
        .limit(MOST_SIGNATURES)
        .map(item -> signature.encoding().decode(item.substring(label.length())))
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<String> items(String value, String separator) {
    return Arrays.stream(value.split(Pattern.quote(separator))).map(String::strip).toList();
  }

  private static boolean contains(List<byte[]> found, byte[] wanted) {
    boolean contained = false;
    for (byte[] one : found) {
      contained |= MessageDigest.isEqual(one, wanted);
    }
    return contained;
  }

  /** The value of the time as it was signed; empty where the body holds it, or there is none. */
  private static String timestamp(
      Scheme scheme, Signature signature, String value, WebhookRequest request) {
    if (scheme.time().isEmpty()) {
      return "";
    }
    TimeSource time = scheme.time().get();
    return switch (time.place()) {
      case HEADER -> onlyValue(request, time.names(), "time");
      case BODY -> "";
      case SIGNATURE_ITEM -> {
        String label = time.names().get(0) + "=";
        List<String> times =
            items(value, signature.separator()).stream()
                .filter(item -> item.startsWith(label))
                .map(item -> item.substring(label.length()))
                .toList();
        if (times.size() != 1) {
          throw new Refusal("The signature header does not have exactly one time");
        }
        yield times.get(0);
      }
    };
  }

  private static byte[] signedBytes(
      Scheme scheme, Signature signature, WebhookRequest request, String timestamp) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(request.body().length + 128);
    Matcher place = PLACE.matcher(signature.signed());
    int copied = 0;
    while (place.find()) {
      bytes.writeBytes(utf8(signature.signed().substring(copied, place.start())));
      bytes.writeBytes(
          switch (place.group(1)) {
            case "body" -> request.body();
            case "timestamp" -> utf8(timestamp);
            case "url" -> utf8(request.url());
            default -> utf8(onlyValue(request, idHeaders(scheme), "ID"));
          });
      copied = place.end();
    }
    bytes.writeBytes(utf8(signature.signed().substring(copied)));
    return bytes.toByteArray();
  }

  private static List<String> idHeaders(Scheme scheme) {
    return scheme.ids().stream()
        .filter(FieldSource.Header.class::isInstance)
        .map(source -> ((FieldSource.Header) source).name())
        .toList();
  }

  private void checkTime(TimeSource time, String timestamp, Supplier<Payload> payload) {
    String value =
        time.place() == TimeSource.Place.BODY
            ? payload
                .get()
                .scalar(time.names().get(0))
                .orElseThrow(() -> new Refusal("The body has no time"))
            : timestamp;
    Instant sent =
        instant(time.unit(), value).orElseThrow(() -> new Refusal("The time cannot be read"));
    Instant now = clock.instant();
    if (sent.isBefore(now.minus(time.tolerance())) || sent.isAfter(now.plus(time.tolerance()))) {
      throw new Refusal("The time differs from ours by more than " + time.tolerance());
    }
  }

  private static Optional<Instant> instant(TimeSource.Unit unit, String value) {
    if (unit == TimeSource.Unit.RFC_3339) {
      try {
        return Optional.of(OffsetDateTime.parse(value).toInstant());
      } catch (DateTimeException noTime) {
        return Optional.empty();
      }
    }
    if (!DIGITS.matcher(value).matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(value);
    return Optional.of(
        unit == TimeSource.Unit.SECONDS
            ? Instant.ofEpochSecond(number)
            : Instant.ofEpochMilli(number));
  }

  private Verification accepted(
      Scheme scheme, List<String> secrets, WebhookRequest request, Supplier<Payload> payload) {
    return switch (scheme.handshake()) {
      case GITHUB_PING ->
          event(scheme, request, payload).equals("ping")
              ? new HandshakeAnswer("application/json", "{\"status\":\"accepted\"}")
              : verified(scheme, request, payload);
      case SLACK_CHALLENGE ->
          payload.get().scalar("/type").filter("url_verification"::equals).isPresent()
              ? Handshakes.slackChallenge(payload.get())
              : verified(scheme, request, payload);
      case ZOOM_VALIDATION ->
          payload.get().scalar("/event").filter("endpoint.url_validation"::equals).isPresent()
              ? Handshakes.zoomValidation(secrets, payload.get())
              : verified(scheme, request, payload);
      case NONE, META_SUBSCRIPTION -> verified(scheme, request, payload);
    };
  }

  private Verified verified(Scheme scheme, WebhookRequest request, Supplier<Payload> payload) {
    String event = event(scheme, request, payload);
    Optional<String> id = first(scheme.ids(), request, payload).map(WebhookVerifier::boundedId);
    if (id.isPresent()) {
      return new Verified(id.get(), Optional.empty(), event);
    }
    String hash = "sha256:" + Digests.sha256Hex(request.body());
    long period = Math.floorDiv(clock.millis(), REPEATED_WITHIN.toMillis());
    return new Verified(hash + ":" + period, Optional.of(hash + ":" + (period - 1)), event);
  }

  private static String boundedId(String id) {
    return id.length() <= LONGEST_ID && VISIBLE_ASCII.matcher(id).matches()
        ? id
        : "sha256:" + Digests.sha256Hex(utf8(id));
  }

  /** The name of the event; empty if there is none. */
  static String event(Scheme scheme, WebhookRequest request, Supplier<Payload> payload) {
    return first(scheme.events(), request, payload)
        .map(event -> event.substring(0, Math.min(LONGEST_EVENT, event.length())))
        .orElse("");
  }

  /** The first present value; a header that is repeated does not count. */
  private static Optional<String> first(
      List<FieldSource> sources, WebhookRequest request, Supplier<Payload> payload) {
    for (FieldSource source : sources) {
      Optional<String> value =
          source instanceof FieldSource.Header header
              ? Optional.of(request.header(header.name()))
                  .filter(values -> values.size() == 1)
                  .map(values -> values.get(0).strip())
              : payload.get().scalar(((FieldSource.Pointer) source).pointer());
      if (value.filter(text -> !text.isBlank()).isPresent()) {
        return value;
      }
    }
    return Optional.empty();
  }

  /** The single value of the first of these headers that is present. */
  private static String onlyValue(WebhookRequest request, List<String> names, String what) {
    List<String> present = new ArrayList<>();
    for (String name : names) {
      present.addAll(request.header(name));
      if (!present.isEmpty()) {
        break;
      }
    }
    if (present.isEmpty() || present.get(0).isBlank()) {
      throw new Refusal("The header with the " + what + " is missing or empty");
    }
    if (present.size() > 1) {
      throw new Refusal("The header with the " + what + " is there more than once");
    }
    if (present.get(0).length() > LONGEST_HEADER) {
      throw new Refusal("The header with the " + what + " is too long");
    }
    return present.get(0);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A reason to refuse, found below {@link #verify}. */
  private static final class Refusal extends RuntimeException {
    private Refusal(String reason) {
      super(reason, null, false, false);
    }
  }
}
