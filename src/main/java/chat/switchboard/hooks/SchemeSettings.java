package chat.switchboard.hooks;

import chat.switchboard.hooks.Scheme.KeyForm;
import chat.switchboard.hooks.Scheme.SharedSecret;
import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Scheme.TokenForm;
import chat.switchboard.hooks.TimeSource.Place;
import chat.switchboard.hooks.TimeSource.Unit;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings that a hook adds to its scheme. The schemes {@code hmac} and {@code token} take all
 * that applies to them; {@code grafana} takes {@code header} and {@code timeHeader}; the others
 * take nothing.
 *
 * @param header the header with the signature or the secret; default {@code X-Signature} for {@code
 *     hmac}, {@code Authorization} for {@code token}
 * @param prefix the text before the signature, such as {@code sha256=}; default none
 * @param encoding {@code hex} (the default), {@code base64} or {@code base64url}
 * @param algorithm {@code sha1}, {@code sha256} (the default) or {@code sha512}
 * @param signed the signed text with {@code {body}}, {@code {timestamp}}, {@code {id}} and {@code
 *     {url}}; default {@code {body}}
 * @param timeHeader the header with the time, in seconds since 1970; required where the signed text
 *     has {@code {timestamp}}
 * @param tolerance the maximum difference to the time of arrival, such as {@code 300s} or {@code
 *     PT5M}; default 5 minutes, at most an hour
 * @param id the header, or the JSON pointer, with the ID of the delivery; default the hash of the
 *     body
 * @param event the header, or the JSON pointer, with the name of the event; default none
 */
public record SchemeSettings(
    String header,
    String prefix,
    String encoding,
    String algorithm,
    String signed,
    String timeHeader,
    String tolerance,
    String id,
    String event) {

  /** Nothing added. */
  static final SchemeSettings NONE =
      new SchemeSettings(null, null, null, null, null, null, null, null, null);

  /** The names of the settings, in the order of the fields. */
  static final List<String> NAMES =
      List.of(
          "header",
          "prefix",
          "encoding",
          "algorithm",
          "signed",
          "timeHeader",
          "tolerance",
          "id",
          "event");

  private static final Duration LONGEST_TOLERANCE = Duration.ofHours(1);

  /** A name of a header (RFC 9110, section 5.1), of a bounded length. */
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");

  private static final int LONGEST_SIGNED = 200;

  /**
   * The settings with these names.
   *
   * @param errors gets a sentence for a name that no setting has
   */
  public static SchemeSettings of(Map<String, String> byName, List<String> errors) {
    if (!NAMES.containsAll(byName.keySet())) {
      errors.add("settings may have " + String.join(", ", NAMES) + ", and no other field.");
    }
    return new SchemeSettings(
        byName.get("header"),
        byName.get("prefix"),
        byName.get("encoding"),
        byName.get("algorithm"),
        byName.get("signed"),
        byName.get("timeHeader"),
        byName.get("tolerance"),
        byName.get("id"),
        byName.get("event"));
  }

  /** The settings that are set, by their names. */
  public Map<String, String> byName() {
    Map<String, String> byName = new LinkedHashMap<>();
    List<String> values =
        Arrays.asList(
            header, prefix, encoding, algorithm, signed, timeHeader, tolerance, id, event);
    for (int at = 0; at < values.size(); at++) {
      if (values.get(at) != null) {
        byName.put(NAMES.get(at), values.get(at));
      }
    }
    return byName;
  }

  /**
   * The scheme with these settings.
   *
   * @param errors gets a sentence for each setting that is wrong
   */
  Scheme applyTo(Scheme scheme, List<String> errors) {
    return switch (scheme.name()) {
      case "hmac" -> hmac(scheme, errors);
      case "token" -> token(scheme, errors);
      case "grafana" -> grafana(scheme, errors);
      default -> {
        refuseAll(scheme, errors);
        yield scheme;
      }
    };
  }

  private Scheme hmac(Scheme scheme, List<String> errors) {
    String text = signed == null ? "{body}" : signed;
    boolean isTimed = text.contains("{timestamp}");
    checkSigned(text, isTimed, errors);
    Signature signature =
        new Signature(
            List.of(headerName("header", header, "x-signature", errors)),
            "",
            prefix(errors),
            oneOf("algorithm", algorithm, Algorithm.class, Algorithm.SHA256, errors),
            oneOf("encoding", encoding, Encoding.class, Encoding.HEX, errors),
            text,
            KeyForm.UTF_8);
    return new Scheme(
        scheme.name(),
        signature,
        time(isTimed, errors),
        ids(errors),
        events(errors),
        Handshake.NONE);
  }

  private Scheme token(Scheme scheme, List<String> errors) {
    refuse("prefix", prefix, scheme, errors);
    refuse("encoding", encoding, scheme, errors);
    refuse("algorithm", algorithm, scheme, errors);
    refuse("signed", signed, scheme, errors);
    refuse("timeHeader", timeHeader, scheme, errors);
    refuse("tolerance", tolerance, scheme, errors);
    String name = headerName("header", header, "authorization", errors);
    TokenForm form =
        name.equalsIgnoreCase("authorization") ? TokenForm.AUTHORIZATION : TokenForm.PLAIN;
    return new Scheme(
        scheme.name(),
        new SharedSecret(List.of(name), form),
        Optional.empty(),
        ids(errors),
        events(errors),
        Handshake.NONE);
  }

  private Scheme grafana(Scheme scheme, List<String> errors) {
    refuse("prefix", prefix, scheme, errors);
    refuse("encoding", encoding, scheme, errors);
    refuse("algorithm", algorithm, scheme, errors);
    refuse("signed", signed, scheme, errors);
    refuse("id", id, scheme, errors);
    refuse("event", event, scheme, errors);
    boolean isTimed = timeHeader != null;
    if (!isTimed) {
      refuse("tolerance", tolerance, scheme, errors);
    }
    Signature signature = (Signature) scheme.proof();
    return new Scheme(
        scheme.name(),
        new Signature(
            List.of(headerName("header", header, signature.headers().get(0), errors)),
            signature.separator(),
            signature.label(),
            signature.algorithm(),
            signature.encoding(),
            isTimed ? "{timestamp}:{body}" : signature.signed(),
            signature.keyForm()),
        time(isTimed, errors),
        scheme.ids(),
        scheme.events(),
        scheme.handshake());
  }

  private void refuseAll(Scheme scheme, List<String> errors) {
    refuse("header", header, scheme, errors);
    refuse("prefix", prefix, scheme, errors);
    refuse("encoding", encoding, scheme, errors);
    refuse("algorithm", algorithm, scheme, errors);
    refuse("signed", signed, scheme, errors);
    refuse("timeHeader", timeHeader, scheme, errors);
    refuse("tolerance", tolerance, scheme, errors);
    refuse("id", id, scheme, errors);
    refuse("event", event, scheme, errors);
  }

  private static void refuse(String name, String value, Scheme scheme, List<String> errors) {
    if (value != null) {
      errors.add("The scheme " + scheme.name() + " has no setting " + name + ".");
    }
  }

  private String prefix(List<String> errors) {
    if (prefix != null && (prefix.length() > 40 || !prefix.matches("[ -~]*"))) {
      errors.add("prefix must have at most 40 visible ASCII characters.");
      return "";
    }
    return prefix == null ? "" : prefix;
  }

  private void checkSigned(String text, boolean isTimed, List<String> errors) {
    if (text.length() > LONGEST_SIGNED || !text.contains("{body}")) {
      errors.add("signed must contain {body} and have at most 200 characters.");
    }
    Matcher place = PLACE.matcher(text);
    while (place.find()) {
      if (!List.of("body", "timestamp", "id", "url").contains(place.group(1))) {
        errors.add("signed may contain {body}, {timestamp}, {id} and {url}, and no other place.");
        break;
      }
    }
    if (isTimed != (timeHeader != null)) {
      errors.add(
          "timeHeader and {timestamp} in signed go together: a time that is not signed proves"
              + " nothing.");
    }
    if (text.contains("{id}") && (id == null || id.startsWith("/"))) {
      errors.add("{id} in signed needs a header in id.");
    }
  }

  private Optional<TimeSource> time(boolean isTimed, List<String> errors) {
    Duration most = tolerance(errors);
    return isTimed && timeHeader != null
        ? Optional.of(
            new TimeSource(
                Place.HEADER,
                List.of(headerName("timeHeader", timeHeader, "", errors)),
                Unit.SECONDS,
                most))
        : Optional.empty();
  }

  private Duration tolerance(List<String> errors) {
    Optional<Duration> parsed =
        tolerance == null ? Optional.of(Duration.ofMinutes(5)) : duration(tolerance);
    if (parsed
        .filter(time -> time.toSeconds() >= 1 && time.compareTo(LONGEST_TOLERANCE) <= 0)
        .isEmpty()) {
      errors.add("tolerance must be a time from 1s to 1h, such as 300s.");
      return Duration.ofMinutes(5);
    }
    return parsed.get();
  }

  /**
   * A time such as {@code 30s}, {@code 5m}, {@code 1h} or {@code PT5M}; empty for anything else.
   */
  static Optional<Duration> duration(String text) {
    String upper = text.strip().toUpperCase(Locale.ROOT);
    if (upper.length() > 20) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.parse(upper.startsWith("P") ? upper : "PT" + upper));
    } catch (DateTimeParseException noTime) {
      return Optional.empty();
    }
  }

  private List<FieldSource> ids(List<String> errors) {
    return field("id", id, errors);
  }

  private List<FieldSource> events(List<String> errors) {
    return field("event", event, errors);
  }

  private static List<FieldSource> field(String name, String value, List<String> errors) {
    if (value == null) {
      return List.of();
    }
    if (value.startsWith("/")) {
      if (Payload.pointer(value).isEmpty()) {
        errors.add(name + " must be a header or a JSON pointer such as /event/id.");
        return List.of();
      }
      return List.of(new FieldSource.Pointer(value));
    }
    return List.of(new FieldSource.Header(headerName(name, value, "", errors)));
  }

  private static String headerName(String name, String value, String absent, List<String> errors) {
    if (value == null) {
      return absent;
    }
    if (!HEADER_NAME.matcher(value).matches()) {
      errors.add(name + " must be the name of a header, such as X-Signature.");
      return absent;
    }
    return value.toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E oneOf(
      String name, String value, Class<E> type, E absent, List<String> errors) {
    if (value == null) {
      return absent;
    }
    List<String> known = new ArrayList<>();
    for (E one : type.getEnumConstants()) {
      if (one.name().equalsIgnoreCase(value)) {
        return one;
      }
      known.add(one.name().toLowerCase(Locale.ROOT));
    }
    errors.add(name + " must be one of " + String.join(", ", known) + ".");
    return absent;
  }
}
