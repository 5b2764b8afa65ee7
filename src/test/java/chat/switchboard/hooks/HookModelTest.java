package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class HookModelTest {

  private static final Instant NOW = Instant.parse("2026-11-26T04:00:00Z");

  private static final HookTemplates TEMPLATES =
      new HookTemplates(new RenderClock(() -> 0, () -> 0));

  private static final HookSecrets SEALER =
      new HookSecrets(List.of("0123456789abcdef0123456789abcdef0123456789abcdef"));

  private static final String UUID = "0b9e3a3c-5a3e-4a5e-9c1d-2f4b6a8c0d1e";

  /** A hook in which a test changes one field. */
  private static final class Builder {
    String name = "deploys";
    String scheme = "github";
    SchemeSettings settings = SchemeSettings.NONE;
    String owner = "me@example.com";
    String conversationId;
    String thread;
    String title;
    List<Condition> when = List.of();
    String template;
    String sender;
    Duration digest;

    Hook build() {
      return new Hook(
          name,
          scheme,
          settings,
          owner,
          Optional.ofNullable(conversationId),
          Optional.ofNullable(thread),
          Optional.ofNullable(title),
          when,
          Optional.ofNullable(template),
          Optional.ofNullable(sender),
          Optional.ofNullable(digest),
          true,
          Optional.empty(),
          Optional.of("gpt"),
          Optional.empty(),
          true);
    }
  }

  private static Hook hook(java.util.function.Consumer<Builder> change) {
    Builder builder = new Builder();
    change.accept(builder);
    return builder.build();
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(hook(b -> b.name = "Deploys"), "name must"),
        Arguments.of(hook(b -> b.name = ""), "name must"),
        Arguments.of(hook(b -> b.name = null), "name must"),
        Arguments.of(hook(b -> b.name = "a/b"), "name must"),
        Arguments.of(hook(b -> b.name = "-a"), "name must"),
        Arguments.of(hook(b -> b.name = "a".repeat(65)), "name must"),
        Arguments.of(hook(b -> b.scheme = "nope"), "scheme must be one of standard, github"),
        Arguments.of(hook(b -> b.scheme = null), "scheme must be one of"),
        Arguments.of(hook(b -> b.owner = " "), "owner must"),
        Arguments.of(hook(b -> b.conversationId = "x"), "conversationId must be a UUID"),
        Arguments.of(
            hook(
                b -> {
                  b.conversationId = UUID;
                  b.thread = "{id}";
                }),
            "either a conversationId or a thread"),
        Arguments.of(hook(b -> b.thread = "{id"), "thread: "),
        Arguments.of(hook(b -> b.title = "{#if x}"), "line 1, column"),
        Arguments.of(hook(b -> b.template = "a\n{#include x /}"), "template: "),
        Arguments.of(hook(b -> b.template = "x".repeat(8001)), "more than 8000"),
        Arguments.of(
            hook(b -> b.template = "preset:nope"), "the presets are alertmanager, generic"),
        Arguments.of(hook(b -> b.thread = "x".repeat(501)), "more than 500"),
        Arguments.of(hook(b -> b.digest = Duration.ofMillis(10)), "digest must"),
        Arguments.of(hook(b -> b.digest = Duration.ofHours(2)), "digest must"),
        Arguments.of(hook(b -> b.sender = "x".repeat(129)), "sender must"),
        Arguments.of(
            hook(b -> b.when = List.of(new Condition("action", List.of("a"), null, null))),
            "when[0].pointer"),
        Arguments.of(
            hook(b -> b.when = java.util.Collections.nCopies(21, Condition.in("/a", "b"))),
            "more than 20 conditions"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void a_wrong_field_of_a_hook_is_one_sentence(Hook hook, String part) {
    List<String> errors = new HookValidator(TEMPLATES).errors(hook);
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).contains(part).endsWith(".");
  }

  @Test
  void a_right_hook_has_no_errors_and_comes_back_from_its_document() {
    for (Hook hook :
        List.of(
            hook(b -> {}),
            hook(b -> b.template = "preset:alertmanager"),
            hook(b -> b.conversationId = UUID),
            hook(
                b -> {
                  b.scheme = "hmac";
                  b.settings =
                      new SchemeSettings(
                          "X-Sig",
                          "v=",
                          "base64",
                          "sha512",
                          "{timestamp}{body}",
                          "X-Time",
                          "60s",
                          "/id",
                          "X-Event");
                  b.thread = "{repository.full_name}#{number}";
                  b.title = "{title}";
                  b.when =
                      List.of(
                          Condition.in("/action", "a", "b"),
                          new Condition("/x", null, List.of("c"), null),
                          new Condition("/y", null, null, false));
                  b.digest = Duration.ofSeconds(30);
                  b.sender = "CI";
                }))) {
      assertThat(new HookValidator(TEMPLATES).errors(hook)).isEmpty();
      assertThat(HookMapper.toHook(HookMapper.toEntity(hook))).isEqualTo(hook);
    }
  }

  @Test
  void a_weak_secret_is_refused() {
    assertThat(HookValidator.secretErrors("github", List.of("0123456789abcdef"))).isEmpty();
    assertThat(HookValidator.secretErrors("github", List.of("short"))).hasSize(1);
    assertThat(HookValidator.secretErrors("github", List.of(" ".repeat(20)))).hasSize(1);
    assertThat(HookValidator.secretErrors("github", List.of("x".repeat(513)))).hasSize(1);
    assertThat(
            HookValidator.secretErrors(
                "github", java.util.Collections.nCopies(6, "0123456789abcdef")))
        .hasSize(1);
    assertThat(HookValidator.secretErrors("standard", List.of("whsec_not base64 at all!")))
        .hasSize(1);
    assertThat(
            HookValidator.secretErrors(
                "standard", List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
        .isEmpty();
  }

  @Test
  void a_made_secret_fits_its_scheme_and_is_never_the_same() {
    for (Scheme scheme : Schemes.all()) {
      String secret = SEALER.generate(scheme.name());
      assertThat(HookValidator.secretErrors(scheme.name(), List.of(secret))).isEmpty();
      assertThat(SEALER.generate(scheme.name())).isNotEqualTo(secret);
    }
  }

  @Test
  void a_sealed_secret_opens_for_its_hook_and_its_key_alone() {
    String sealed = SEALER.seal("deploys", "the secret");

    assertThat(sealed).doesNotContain("secret").isNotEqualTo(SEALER.seal("deploys", "the secret"));
    assertThat(SEALER.open("deploys", sealed)).contains("the secret");
    assertThat(SEALER.open("other", sealed)).isEmpty();
    assertThat(new HookSecrets(List.of("another")).open("deploys", sealed)).isEmpty();
    assertThat(SEALER.open("deploys", "AAAA")).isEmpty();
    assertThat(SEALER.open("deploys", "not base64!")).isEmpty();
    assertThat(SEALER.open("deploys", "A" + sealed.substring(1))).isEmpty();
  }

  @Test
  void secrets_are_sealed_again_with_the_newest_key_and_open_with_the_older_one_until_then() {
    String old = "0123456789abcdef0123456789abcdef0123456789abcdef";
    String fresh = "fedcba9876543210fedcba9876543210";
    HookSecrets rotating = new HookSecrets(List.of(fresh, old));
    HookEntity entity = new HookEntity();
    entity.id = "deploys";
    entity.updatedAt = Date.from(NOW);
    entity.secrets = HookMapper.rotated(entity, "first", SEALER, NOW);
    entity.secrets = HookMapper.rotated(entity, "second", SEALER, NOW);
    assertThat(HookMapper.secrets(entity, rotating, NOW)).containsExactly("second", "first");
    assertThat(HookMapper.secrets(entity, new HookSecrets(List.of(fresh)), NOW)).isEmpty();
    assertThat(HookMapper.needsSealing(entity, SEALER)).isFalse();
    assertThat(HookMapper.needsSealing(entity, rotating)).isTrue();
    assertThat(HookMapper.needsSealing(entity, new HookSecrets(List.of(fresh))))
        .as("what does not open stays as it is")
        .isFalse();

    List<Date> ends = entity.secrets.stream().map(one -> one.getDate("until")).toList();
    entity.secrets = HookMapper.sealedAgain(entity, rotating);
    assertThat(entity.secrets).extracting(one -> one.getDate("until")).isEqualTo(ends);
    assertThat(HookMapper.needsSealing(entity, rotating)).isFalse();
    assertThat(HookMapper.secrets(entity, new HookSecrets(List.of(fresh)), NOW))
        .containsExactly("second", "first");
  }

  @Test
  void the_old_secret_is_good_for_24_hours_after_a_new_one() {
    HookEntity entity = new HookEntity();
    entity.id = "deploys";
    entity.secrets = HookMapper.rotated(entity, "first", SEALER, NOW);
    entity.secrets = HookMapper.rotated(entity, "second", SEALER, NOW);

    assertThat(HookMapper.secrets(entity, SEALER, NOW)).containsExactly("second", "first");
    assertThat(HookMapper.secrets(entity, SEALER, NOW.plus(Duration.ofHours(24)).minusMillis(1)))
        .containsExactly("second", "first");
    assertThat(HookMapper.secrets(entity, SEALER, NOW.plus(Duration.ofHours(24))))
        .containsExactly("second");

    Instant later = NOW.plus(Duration.ofHours(1));
    entity.secrets = HookMapper.rotated(entity, "third", SEALER, later);
    assertThat(HookMapper.secrets(entity, SEALER, later))
        .containsExactly("third", "second", "first");
    assertThat(HookMapper.secrets(entity, SEALER, NOW.plus(Duration.ofHours(24))))
        .as("a second rotation does not lengthen the life of the first secret")
        .containsExactly("third", "second");
    entity.secrets = new ArrayList<>(List.of(new Document("sealed", "AAAA")));
    assertThat(HookMapper.secrets(entity, SEALER, NOW)).isEmpty();
    assertThat(Date.from(NOW)).isBefore(Date.from(later));
  }

  @Test
  void a_delivery_has_one_name_for_ever_and_another_in_another_hook() {
    assertThat(HookKeys.delivery("a", "1")).isEqualTo(HookKeys.delivery("a", "1"));
    assertThat(HookKeys.delivery("a", "1")).isNotEqualTo(HookKeys.delivery("b", "1"));
    assertThat(HookKeys.message("a", "1b")).isNotEqualTo(HookKeys.message("a1", "b"));
    assertThat(HookKeys.message("a", "1")).isNotEqualTo(HookKeys.digestMessage("a", "1"));
    assertThat(HookKeys.message("a", "1").version()).isEqualTo(5);
  }

  @Test
  void a_long_thread_key_is_hashed_and_a_blank_one_is_the_hook_itself() {
    assertThat(HookKeys.address("ci", "acme/shop#12")).isEqualTo("hook:ci:acme/shop#12");
    assertThat(HookKeys.address("ci", " \n ")).isEqualTo("hook:ci");
    assertThat(HookKeys.address("ci", "x".repeat(200))).hasSize(8 + 200);
    String hashed = HookKeys.address("ci", "x".repeat(10_000));
    assertThat(hashed).startsWith("hook:ci:sha256:").hasSize(8 + 7 + 64);
    assertThat(hashed).isNotEqualTo(HookKeys.address("ci", "x".repeat(9_999)));
  }

  @Test
  void two_different_keys_are_never_one_conversation() {
    String longKey = "x".repeat(300);
    String hashed = HookKeys.address("ci", longKey).substring("hook:ci:".length());
    List<String> keys =
        List.of(
            "a b",
            "a  b",
            " a b",
            "a b ",
            "a\tb",
            "a\nb",
            "a\u00a0b",
            "a\u200bb",
            "ab",
            "a\u00adb",
            "A b",
            "a\\b",
            "a&#93;b",
            "a]b",
            "\u00e9",
            "e\u0301",
            "\ud800",
            "\ud801",
            "\ufffd",
            "?",
            longKey,
            hashed,
            "x".repeat(7_999) + "1",
            "x".repeat(7_999) + "2",
            "x".repeat(9_999) + "1",
            "x".repeat(10_000) + "1",
            "x".repeat(10_000) + "2",
            "x".repeat(30_000) + "1",
            "x".repeat(30_000) + "2");
    HookRenderer renderer = new HookRenderer(TEMPLATES);
    Hook hook = hook(b -> b.thread = "{key}");
    assertThat(
            keys.stream()
                .map(key -> "{\"key\":" + quoted(key) + "}")
                .map(body -> renderer.render(hook, payload(body), Map.of(), "").address())
                .toList())
        .doesNotHaveDuplicates()
        .allMatch(address -> address.length() <= "hook:deploys:".length() + 200)
        .contains("hook:deploys:a b", "hook:deploys:a]b", "hook:deploys:a\\b");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars().forEach(c -> quoted.append(String.format("\\u%04x", c)));
    return quoted.append('"').toString();
  }

  @Test
  void a_key_of_more_than_64000_characters_is_refused_with_a_sentence() {
    HookRenderer renderer = new HookRenderer(TEMPLATES);
    Hook hook = hook(b -> b.thread = "{key}".repeat(7));
    assertThatThrownBy(
            () ->
                renderer.render(
                    hook, payload("{\"key\":\"" + "k".repeat(20_000) + "\"}"), Map.of(), ""))
        .isInstanceOf(TemplateProblem.class)
        .hasMessageContaining("thread: The key has more than 64000 characters");
  }

  @Test
  void the_renderer_gives_the_thread_the_title_and_the_text() {
    Hook hook =
        hook(
            b -> {
              b.thread = "{repo}#{n}";
              b.title = "PR {n}: {title}";
              b.template = "{title} by {user}";
              b.when = List.of(Condition.in("/action", "opened"));
            });
    HookRenderer renderer = new HookRenderer(TEMPLATES);
    HookRenderer.Result result =
        renderer.render(
            hook,
            payload("{\"action\":\"opened\",\"repo\":\"a_*b*\",\"n\":3,\"title\":\"[x]\"}"),
            Map.of(),
            "");

    assertThat(result.matched()).isTrue();
    assertThat(result.isSkipped()).isFalse();
    assertThat(result.address()).isEqualTo("hook:deploys:a_*b*#3");
    assertThat(result.title()).isEqualTo("PR 3: [x]");
    assertThat(result.text()).isEqualTo("\\[x&#93; by");
    assertThat(result.unknown()).containsExactly("user");

    HookRenderer.Result other =
        renderer.render(hook, payload("{\"action\":\"closed\"}"), Map.of(), "");
    assertThat(other.isSkipped()).isTrue();
    assertThat(other.reason()).startsWith("when[0]: /action is \"closed\"");

    assertThat(
            renderer
                .render(hook(b -> b.template = " {nope} "), payload("{}"), Map.of(), "")
                .isSkipped())
        .isTrue();
  }

  @Test
  void a_template_that_fails_names_its_field_and_place() {
    Hook hook = hook(b -> b.template = "a\n{#if n > 3}x{/if}");
    assertThatThrownBy(
            () -> new HookRenderer(TEMPLATES).render(hook, payload("{\"n\":\"x\"}"), Map.of(), ""))
        .isInstanceOf(TemplateProblem.class)
        .hasMessageContaining("template: ")
        .hasMessageContaining("line 2");
  }

  private static Payload payload(String json) {
    return Payload.read("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void headers_with_secrets_are_not_kept() {
    Scheme token =
        new SchemeSettings("X-Mine", null, null, null, null, null, null, null, null)
            .applyTo(Schemes.named("token").orElseThrow(), new ArrayList<>());
    Map<String, String> kept =
        KeptHeaders.of(
            WebhookRequest.of(
                List.of(
                    Map.entry("X-Mine", "s"),
                    Map.entry("Authorization", "s"),
                    Map.entry("Cookie", "s"),
                    Map.entry("X-Gitlab-Token", "s"),
                    Map.entry("X-Hub-Signature", "s"),
                    Map.entry("X-Api-Key", "s"),
                    Map.entry("Proxy-Authorization", "s"),
                    Map.entry("X-Forwarded-Client-Cert", "s"),
                    Map.entry("X-GitHub-Event", "push"),
                    Map.entry("Idempotency-Key", "k"),
                    Map.entry("X-Long", "y".repeat(9000))),
                new byte[0],
                ""),
            token);
    assertThat(kept.keySet()).containsExactly("idempotency-key", "x-github-event", "x-long");
    assertThat(kept.get("x-long")).hasSize(500);
  }

  @Test
  void deliveries_are_kept_7_days_1000_of_them_and_50_mebibytes() {
    List<DeliveryRetention.Kept> kept = new ArrayList<>();
    for (int at = 0; at < 1002; at++) {
      kept.add(new DeliveryRetention.Kept("d" + at, NOW.minusSeconds(at), 10, at != 1001));
    }
    assertThat(DeliveryRetention.expired(kept, NOW)).containsExactly("d1000");

    assertThat(
            DeliveryRetention.expired(
                List.of(
                    new DeliveryRetention.Kept("a", NOW, 40L << 20, true),
                    new DeliveryRetention.Kept("b", NOW, 20L << 20, true),
                    new DeliveryRetention.Kept(
                        "c", NOW.minus(Duration.ofDays(7)).minusMillis(1), 1, true)),
                NOW))
        .containsExactly("b", "c");
    assertThat(
            DeliveryRetention.expired(
                List.of(new DeliveryRetention.Kept("a", NOW.minus(Duration.ofDays(7)), 1, true)),
                NOW))
        .isEmpty();
  }
}
