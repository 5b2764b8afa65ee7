package chat.switchboard.hooks;

import static chat.switchboard.hooks.SignedRequests.URL;
import static chat.switchboard.hooks.SignedRequests.body;
import static chat.switchboard.hooks.SignedRequests.headers;
import static chat.switchboard.hooks.SignedRequests.secretFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Verification.Refused;
import chat.switchboard.hooks.Verification.Verified;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker tries at a hook: other forms of a signature, templates, patterns. */
@Tag("unit")
class HookAttacksTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_795_665_600);
  private static final HookTemplates TEMPLATES =
      new HookTemplates(new RenderClock(() -> 0, () -> 0));

  static Stream<Scheme> schemes() {
    return Schemes.all().stream()
        .map(scheme -> SchemeSettings.NONE.applyTo(scheme, new ArrayList<>()));
  }

  static Stream<Scheme> signing() {
    return schemes().filter(scheme -> scheme.proof() instanceof Signature);
  }

  static Stream<Scheme> timedByHeader() {
    return signing()
        .filter(scheme -> scheme.time().isPresent())
        .filter(scheme -> scheme.time().get().place() != TimeSource.Place.BODY);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void another_form_of_the_right_signature_is_refused(Scheme scheme) {
    Signature signature = (Signature) scheme.proof();
    String header = signature.headers().get(0);
    List<UnaryOperator<String>> forms =
        List.of(
            value -> replaced(value, signature, HookAttacksTest::fullWidth),
            value -> replaced(value, signature, proof -> "0x" + proof),
            value -> replaced(value, signature, proof -> proof + "00"),
            value -> replaced(value, signature, proof -> proof + "\u0000"),
            value -> replaced(value, signature, proof -> " " + proof + " ."),
            value -> replaced(value, signature, proof -> "\"" + proof + "\""),
            value -> replaced(value, signature, proof -> "[" + proof + "]"),
            value -> replaced(value, signature, proof -> proof.substring(0, 8)),
            value -> replaced(value, signature, proof -> ""),
            value -> "null",
            value -> "undefined",
            value -> "*",
            value -> "[]",
            value -> "\u0000" + value);
    for (int at = 0; at < forms.size(); at++) {
      UnaryOperator<String> form = forms.get(at);
      assertThat(verify(scheme, changed(scheme, header, form)))
          .as("form " + at)
          .isInstanceOf(Refused.class);
    }
  }

  private static String replaced(
      String value, Signature signature, UnaryOperator<String> replacement) {
    String label = signature.label();
    int at = label.isEmpty() ? 0 : value.lastIndexOf(label) + label.length();
    return value.substring(0, at) + replacement.apply(value.substring(at));
  }

  /** The same letters and digits as full-width characters, which some parsers read as numbers. */
  private static String fullWidth(String text) {
    return text.codePoints()
        .map(point -> point > ' ' && point < 0x7F ? point + 0xFEE0 : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @ParameterizedTest
  @MethodSource("timedByHeader")
  void the_time_of_a_signed_request_is_read_in_one_form_alone(Scheme scheme) {
    long seconds = NOW.getEpochSecond();
    List<String> times =
        List.of(
            "+" + seconds,
            "-" + seconds,
            seconds + ".0",
            seconds + "e0",
            seconds + "L",
            "0x" + Long.toHexString(seconds),
            fullWidth("" + seconds),
            "\u0661\u0667\u0669\u0665\u0666\u0666\u0665\u0666\u0660\u0660",
            "" + Long.MAX_VALUE,
            "9".repeat(400),
            "Infinity",
            "NaN",
            "null");
    for (String time : times) {
      assertThat(verify(scheme, signedWithTime(scheme, time))).as(time).isInstanceOf(Refused.class);
    }
  }

  /** As an attacker could who has the secret; so the form of the time is what is refused. */
  private static List<Map.Entry<String, String>> signedWithTime(Scheme scheme, String time) {
    Signature signature = (Signature) scheme.proof();
    TimeSource source = scheme.time().orElseThrow();
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    List<Map.Entry<String, String>> signed = headers(scheme, secretFor(scheme), body(NOW), NOW);
    String id = "delivery-1";
    byte[] content =
        (signature
                .signed()
                .replace("{timestamp}", time)
                .replace("{id}", id)
                .replace("{url}", URL)
                .replace("{body}", new String(body(NOW), StandardCharsets.UTF_8)))
            .getBytes(StandardCharsets.UTF_8);
    byte[] key =
        scheme.name().equals("standard")
            ? StandardKeys.secret(secretFor(scheme)).orElseThrow()
            : secretFor(scheme).getBytes(StandardCharsets.UTF_8);
    String proof =
        signature.label()
            + signature
                .encoding()
                .encode(SignedRequests.hmac(signature.algorithm().jcaName(), key, content));
    for (Map.Entry<String, String> one : signed) {
      if (one.getKey().equalsIgnoreCase(signature.headers().get(0))) {
        boolean isItem = source.place() == TimeSource.Place.SIGNATURE_ITEM;
        headers.add(Map.entry(one.getKey(), (isItem ? "t=" + time + "," : "") + proof));
      } else if (source.place() == TimeSource.Place.HEADER
          && one.getKey().equalsIgnoreCase(source.names().get(0))) {
        headers.add(Map.entry(one.getKey(), time));
      } else {
        headers.add(one);
      }
    }
    return headers;
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_header_that_is_there_twice_is_refused_also_with_the_right_value(Scheme scheme) {
    String header = scheme.proof().headers().get(0);
    List<Map.Entry<String, String>> right = headers(scheme, secretFor(scheme), body(NOW), NOW);
    Map.Entry<String, String> proof =
        right.stream().filter(one -> one.getKey().equalsIgnoreCase(header)).findFirst().get();
    for (String other : List.of(proof.getValue(), "", "x")) {
      List<Map.Entry<String, String>> twice = new ArrayList<>(right);
      twice.add(Map.entry(header.toUpperCase(java.util.Locale.ROOT), other));
      assertThat(verify(scheme, twice)).as(other).isInstanceOf(Refused.class);
      List<Map.Entry<String, String>> before = new ArrayList<>();
      before.add(Map.entry(header, other));
      before.addAll(right);
      assertThat(verify(scheme, before)).as(other).isInstanceOf(Refused.class);
    }
    assertThat(verify(scheme, right)).isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{config:jwt.secret}",
        "{config:['JWT_SECRET']}",
        "{inject:hookSecrets}",
        "{cdi:hookSecrets}",
        "{str:eval('{body}')}",
        "{str:fmt('%s', body)}",
        "{msg:hello}",
        "{time:now}",
        "{global:x}",
        "{io:x}",
        "{#eval '{body}' /}",
        "{#include base /}",
        "{#insert x /}",
        "{#fragment id=x}{/fragment}",
        "{#cached}x{/cached}",
        "{#authenticated}x{/authenticated}"
      })
  void a_template_reaches_nothing_but_the_payload(String template) {
    Map<String, Object> data = data("{\"a\":\"x\",\"body\":\"{config:jwt.secret}\"}");
    assertThatThrownBy(() -> TEMPLATES.render(TEMPLATES.parse(template), data))
        .isInstanceOf(TemplateProblem.class);
    // A value with the text of a template is a value.
    String shown =
        TEMPLATES
            .render(
                TEMPLATES.parse("{a}|{a.raw}|{#for x in l}{x}{/for}"),
                data("{\"a\":" + quoted(template) + ",\"l\":[" + quoted(template) + "]}"))
            .text();
    assertThat(shown.replace("\\", "").replace("&#93;", "]"))
        .isEqualTo(template + "|" + template + "|" + template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{a.class}",
        "{a.getClass}",
        "{a.getClass()}",
        "{a.bytes}",
        "{a.getBytes}",
        "{a.length}",
        "{a.raw.toString}",
        "{a.raw.class}",
        "{l.class}",
        "{l.iterator}",
        "{l.stream}",
        "{o.class.forName('java.lang.Runtime')}",
        "{o.entrySet}",
        "{o.keySet}",
        "{@java.lang.Runtime a}{a.exec('id')}",
        "{headers.class}",
        "{this.class}",
        "{data:a.class}"
      })
  void a_template_calls_no_method_of_java(String template) {
    try {
      assertThat(
              TEMPLATES
                  .render(
                      TEMPLATES.parse(template), data("{\"a\":\"x\",\"l\":[1],\"o\":{\"p\":1}}"))
                  .text())
          .isEmpty();
    } catch (TemplateProblem refused) {
      assertThat(refused.getMessage()).doesNotContain("java.lang.Class");
    }
  }

  @Test
  void no_pattern_takes_longer_for_a_hostile_text() {
    List<String> pieces =
        List.of(
            "](",
            "](<",
            "]: ",
            "](\t",
            "\\",
            "&#",
            "&a",
            "<a:",
            "[",
            "![",
            "`",
            "*_",
            "a.",
            "/",
            " \n",
            "#",
            "- ",
            "+",
            "=",
            "charset=",
            "~0",
            "{#",
            "::");
    Instant begin = Instant.now();
    for (String piece : pieces) {
      String hostile = piece.repeat(10_000 / piece.length());
      HookMarkdown.withoutUnsafeLinks(hostile);
      HookMarkdown.inline(hostile, 2000);
      HookMarkdown.lines(hostile, 2000, "> ");
      HookMarkdown.code(hostile, 2000);
      HookMarkdown.url("https://" + hostile);
      Payload.read("application/json; " + hostile, hostile.getBytes(StandardCharsets.UTF_8));
      Payload.pointer("/" + hostile);
      for (String function : List.of("short(9)", "branch", "lastWord", "firstLine", "past")) {
        TEMPLATES.render(
            TEMPLATES.parse("{a." + function + "}"), data("{\"a\":" + quoted(hostile) + "}"));
      }
    }
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  private static String quoted(String text) {
    return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
  }

  private static Map<String, Object> data(String body) {
    return HookTemplates.data(
        Payload.read("application/json", body.getBytes(StandardCharsets.UTF_8)), Map.of(), "");
  }

  private static List<Map.Entry<String, String>> changed(
      Scheme scheme, String name, UnaryOperator<String> change) {
    return headers(scheme, secretFor(scheme), body(NOW), NOW).stream()
        .map(
            one ->
                one.getKey().equalsIgnoreCase(name)
                    ? Map.entry(one.getKey(), change.apply(one.getValue()))
                    : one)
        .toList();
  }

  private static Verification verify(Scheme scheme, List<Map.Entry<String, String>> headers) {
    WebhookRequest request = WebhookRequest.of(headers, body(NOW), URL);
    return new WebhookVerifier(Clock.fixed(NOW, ZoneOffset.UTC))
        .verify(
            scheme,
            List.of(secretFor(scheme)),
            request,
            () -> Payload.read(request.contentType(), request.body()));
  }
}
