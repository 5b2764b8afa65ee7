package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class PresetsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Time is not what these tests are about, and this machine may be slow. */
  private static final HookTemplates TEMPLATES =
      new HookTemplates(new RenderClock(() -> 0, () -> 0));

  /** A text that would act in Markdown in every way that a payload could try. */
  private static final String HOSTILE =
      "![i](https://evil.example/i.png)[l](javascript:alert(1))\n# h\n```mermaid\n:::artifact{x}\n"
          + "<script>\u202Eabc\u2066 \uD83D\uDC68\u200D\uD83D\uDC69 \u05E9\u05DC\u05D5\u05DD $$x$$";

  static Stream<Arguments> texts() {
    return Stream.of(
        row(
            "github",
            "push",
            "push",
            "**ann** pushed 2 commits to main in"
                + " [acme/shop](https://github.com/acme/shop/compare/111...222): Fix the cart"),
        row(
            "github",
            "pull_request",
            "pull_request",
            "**ann** opened pull request [acme/shop#12](https://github.com/acme/shop/pull/12):"
                + " \\[WIP&#93; Use \\*new\\* cart"),
        row(
            "github",
            "merged",
            "pull_request",
            "**ann** merged pull request [acme/shop#12](https://github.com/acme/shop/pull/12): Use"
                + " new cart"),
        row(
            "github",
            "issues",
            "issues",
            "**ann** opened issue [acme/shop#7](https://github.com/acme/shop/issues/7): Cart loses"
                + " items"),
        row(
            "github",
            "issue_comment",
            "issue_comment",
            "**ann** commented on"
                + " [acme/shop#7](https://github.com/acme/shop/issues/7#issuecomment-1) (Cart loses"
                + " items): Same here. With Firefox."),
        row(
            "github",
            "release",
            "release",
            "**ann** released [v1.2.0](https://github.com/acme/shop/releases/tag/v1.2.0) of"
                + " acme/shop: Autumn"),
        row(
            "github",
            "workflow_run",
            "workflow_run",
            "\uD83D\uDD34 Workflow **CI** failed on main in"
                + " [acme/shop](https://github.com/acme/shop/actions/runs/30) (by ann)"),
        row("github", "workflow_success", "workflow_run", ""),
        row("github", "issues", "star", ""),
        row(
            "gitlab",
            "push",
            "Push Hook",
            "**Ann Lee** pushed 1 commit to main in"
                + " [acme/shop](https://gitlab.example.com/acme/shop): Fix the cart"),
        row(
            "gitlab",
            "merge_request",
            "Merge Request Hook",
            "**Ann Lee** merged merge request"
                + " [acme/shop!3](https://gitlab.example.com/acme/shop/-/merge_requests/3): Use new"
                + " cart"),
        row(
            "gitlab",
            "issue",
            "Issue Hook",
            "**Ann Lee** opened issue"
                + " [acme/shop#23](https://gitlab.example.com/acme/shop/-/issues/23): Cart loses"
                + " items"),
        row(
            "gitlab",
            "pipeline",
            "Pipeline Hook",
            "\uD83D\uDD34 Pipeline failed on main in"
                + " [acme/shop](https://gitlab.example.com/acme/shop/-/pipelines/31) (by Ann Lee):"
                + " Fix the cart"),
        row(
            "stripe",
            "payment",
            "payment_intent.succeeded",
            "\uD83D\uDCB3 Payment of 12.99 EUR succeeded from bob@example.com: Order 1001 (pi_1)"),
        row(
            "stripe",
            "failed",
            "payment_intent.payment_failed",
            "\uD83D\uDD34 Payment of 500 JPY failed: Your card was declined. (pi_2)"),
        row(
            "stripe",
            "dispute",
            "charge.dispute.created",
            "\u26A0\uFE0F Dispute about 12.99 EUR: needs response, reason product not received"
                + " (ch_1)"),
        row(
            "stripe",
            "invoice",
            "invoice.payment_failed",
            "\uD83D\uDD34 Invoice [A-0001](https://invoice.stripe.com/i/acct_1/test_1) of 20.00 USD"
                + " could not be paid by bob@example.com"),
        row(
            "stripe",
            "subscription",
            "customer.subscription.deleted",
            "Subscription sub_1 was deleted and is canceled"),
        row(
            "slack",
            "message",
            "message",
            "**U2147483697** in C024BE91L: Can someone look at \\*this\\*?"),
        row("slack", "bot", "message", ""),
        row(
            "shopify",
            "order",
            "orders/create",
            "Order [\\#1001](https://shop.example.com/orders/1001/authenticate?key=x) was placed by"
                + " Bob Ray: 2 items, 409.94 USD"),
        row(
            "sentry",
            "issue",
            "issue",
            "\uD83D\uDD34 New issue: [TypeError: cart is"
                + " undefined](https://acme.sentry.io/issues/1170820242/) in shop (cart.js in add)"),
        row(
            "sentry",
            "event_alert",
            "event_alert",
            "\uD83D\uDD34 Very important alert: [TypeError: cart is"
                + " undefined](https://acme.sentry.io/issues/117/events/e1/) (cart.js in add)"),
        row(
            "grafana",
            "firing",
            "firing",
            "\uD83D\uDD34 [\\[FIRING:1&#93; DiskFull](https://grafana.example.com/) is alerting\n\n"
                + "- Disk of db1 is 95% full (\\[ var='A' value=95 &#93;)"),
        row(
            "alertmanager",
            "firing",
            "",
            "\uD83D\uDD34 Firing: **HighLatency** (2 alerts, page)"
                + " [Alertmanager](http://alertmanager.example.com:9093)\n\n"
                + "- Latency above 2 s (web1:9090)\n- Slow (web2:9090)"),
        row(
            "alertmanager",
            "resolved",
            "",
            "\u2705 Resolved: **HighLatency** (1 alert)"
                + " [Alertmanager](http://alertmanager.example.com:9093)\n\n"
                + "- Latency above 2 s (web1:9090)"),
        row(
            "pagerduty",
            "triggered",
            "incident.triggered",
            "\uD83D\uDD34 Incident [\\#2](https://acme.pagerduty.com/incidents/PGR0VU2) triggered: A"
                + " little bump in the road (API Service, high urgency) by Ann Lee"),
        row(
            "linear",
            "issue",
            "Issue",
            "**Ann Lee** created issue [SHOP-12](https://linear.app/acme/issue/SHOP-12): Cart loses"
                + " items (Todo)"),
        row(
            "linear",
            "comment",
            "Comment",
            "**Ann Lee** commented on"
                + " [SHOP-12](https://linear.app/acme/issue/SHOP-12#comment-c1) (Cart loses items):"
                + " Same here."),
        row(
            "uptime-kuma",
            "down",
            "",
            "\uD83D\uDD34 **Shop** is down: connect ECONNREFUSED https://shop.example.com"),
        row("uptime-kuma", "up", "", "\u2705 **Shop** is up: 200 - OK"),
        row(
            "generic",
            "full",
            "",
            "CRITICAL \u00B7 **Backup failed**: No space left on device"
                + " https://backup.example.com/runs/7"),
        row("generic", "text", "", "Deploy of shop finished"),
        row("generic", "nothing", "", ""));
  }

  private static Arguments row(String preset, String name, String event, String text) {
    return Arguments.of(preset, name, event, text);
  }

  @ParameterizedTest(name = "{0}/{1} {2}")
  @MethodSource("texts")
  void an_event_becomes_one_short_text(String preset, String name, String event, String text) {
    assertThat(render(preset, payload(preset, name), event)).isEqualTo(text);
  }

  /** Every text, number and object of each payload is replaced in turn by a hostile value. */
  @ParameterizedTest(name = "{0}/{1} {2}")
  @MethodSource("texts")
  void a_hostile_value_in_any_field_never_acts(
      String preset, String name, String event, String text) {
    JsonNode payload = payload(preset, name);
    List<Function<JsonNode, JsonNode>> changes = new ArrayList<>();
    changes.add(old -> text(HOSTILE));
    changes.add(old -> text("javascript:alert(1)"));
    changes.add(old -> text(""));
    changes.add(old -> JsonNodeFactory.instance.nullNode());
    changes.add(old -> JsonNodeFactory.instance.numberNode(-1));
    changes.add(old -> JsonNodeFactory.instance.booleanNode(true));
    changes.add(old -> JsonNodeFactory.instance.objectNode().put("x", HOSTILE));
    changes.add(old -> JsonNodeFactory.instance.arrayNode().add(HOSTILE).add(1));
    for (Function<JsonNode, JsonNode> change : changes) {
      for (int leaf = 0; leaf < places(payload); leaf++) {
        String rendered = render(preset, replaced(payload, leaf, change), event);
        assertSafe(rendered);
      }
      assertSafe(render(preset, allReplaced(payload, change), event));
    }
  }

  @ParameterizedTest(name = "{0}/{1} {2}")
  @MethodSource("texts")
  void a_megabyte_in_every_field_gives_a_bounded_text(
      String preset, String name, String event, String text) {
    JsonNode payload = payload(preset, name);
    String large = "\uD83D\uDE00 *x* ".repeat(20_000);
    String rendered = render(preset, allReplaced(payload, old -> text(large)), event);
    assertThat(rendered.length()).isLessThanOrEqualTo(8000);
    assertThat(rendered).doesNotContain("\uFFFD");
  }

  @Test
  void a_payload_of_any_shape_renders_in_every_preset() {
    for (String preset : Presets.all().keySet()) {
      for (String body : List.of("{}", "[]", "[1,2]", "null", "3", "\"x\"", "no json", "")) {
        assertSafe(render(preset, body, "push"));
      }
    }
  }

  @Test
  void the_thread_and_the_title_of_every_preset_can_be_read() {
    Presets.all()
        .values()
        .forEach(
            preset -> {
              TEMPLATES.parse(preset.template());
              assertThat(TEMPLATES.parse(preset.thread())).isNotNull();
              assertThat(TEMPLATES.parse(preset.title())).isNotNull();
            });
    assertThat(Presets.all()).hasSize(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "github|github|pull_request|acme/shop#12|acme/shop#12 [WIP] Use *new* cart",
        "github|github|issues|acme/shop#7|acme/shop#7 Cart loses items",
        "github|github|push|acme/shop#main|acme/shop#main",
        "github|github|workflow_run|acme/shop#main|acme/shop#main",
        "stripe|stripe|dispute|dp_1|Stripe dp_1",
        "token|alertmanager|firing|{}:{alertname=\"HighLatency\"}|HighLatency",
        "token|alertmanager|resolved|{}:{alertname=\"HighLatency\"}|HighLatency",
      })
  void a_hook_with_the_threads_of_a_preset_has_a_titled_conversation_for_each_thing(
      String scheme, String preset, String file, String key, String title) {
    Hook hook =
        new Hook(
            "deploys",
            scheme,
            SchemeSettings.NONE,
            "me@example.com",
            Optional.empty(),
            Optional.of("preset:" + preset),
            Optional.empty(),
            List.of(),
            Optional.of("preset:" + preset),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true);
    HookRenderer.Result result =
        new HookRenderer(TEMPLATES)
            .render(
                hook,
                Payload.read(
                    "application/json",
                    payload(preset, file).toString().getBytes(StandardCharsets.UTF_8)),
                Map.of(),
                file);
    assertThat(result.address()).isEqualTo("hook:deploys:" + key);
    assertThat(result.title()).isEqualTo(title);
    assertThat(result.unknown()).isEmpty();
  }

  private static void assertSafe(String text) {
    assertThat(text)
        .doesNotContain("![")
        .doesNotContain("](javascript")
        .doesNotContain("](https://evil")
        .doesNotContain("```")
        .doesNotContain("\n#")
        .doesNotContain(":::")
        .doesNotContain("\u202E")
        .doesNotContain("\u2066")
        .doesNotContain("$$")
        .doesNotContain("NOT_FOUND")
        .doesNotContain("null");
    assertThat(text.replaceAll("\\\\\\p{Punct}", "")).doesNotContain("<script");
  }

  private static int places(JsonNode node) {
    int places = 1;
    for (JsonNode child : node) {
      places += places(child);
    }
    return places;
  }

  private static JsonNode replaced(JsonNode node, int place, Function<JsonNode, JsonNode> change) {
    return walk(node, new int[] {place}, change);
  }

  private static JsonNode walk(JsonNode node, int[] place, Function<JsonNode, JsonNode> change) {
    if (place[0]-- == 0) {
      return change.apply(node);
    }
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.fields()
          .forEachRemaining(
              field -> copy.set(field.getKey(), walk(field.getValue(), place, change)));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(one -> copy.add(walk(one, place, change)));
      return copy;
    }
    return node;
  }

  /** Every leaf but those that choose what the template does. */
  private static JsonNode allReplaced(JsonNode node, Function<JsonNode, JsonNode> change) {
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.fields()
          .forEachRemaining(
              field ->
                  copy.set(
                      field.getKey(),
                      List.of("type", "object_kind", "status", "action", "conclusion", "event_type")
                              .contains(field.getKey())
                          ? field.getValue()
                          : allReplaced(field.getValue(), change)));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(one -> copy.add(allReplaced(one, change)));
      return copy;
    }
    return change.apply(node);
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  private static String render(String preset, JsonNode payload, String event) {
    return render(new Payload(payload, "", java.util.Optional.empty()), preset, event);
  }

  private static String render(String preset, String body, String event) {
    return render(
        Payload.read("application/json", body.getBytes(StandardCharsets.UTF_8)), preset, event);
  }

  private static String render(Payload payload, String preset, String event) {
    return TEMPLATES
        .render(
            TEMPLATES.parse(Presets.named(preset).orElseThrow().template()),
            HookTemplates.data(payload, Map.of(), event))
        .text();
  }

  private static JsonNode payload(String preset, String name) {
    try (InputStream file =
        PresetsTest.class.getResourceAsStream("/hooks/" + preset + "/" + name + ".json")) {
      return JSON.readTree(file);
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
