package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class HookTemplatesTest {

  private static final String BODY =
      """
      {"action":"opened","title":"[Bug] It *breaks*","n":3,"big":12345678901234567890,"pi":3.14,
       "yes":true,"no":false,"none":null,"empty":"","url":"https://example.com/a_b?x=1&y=2",
       "evil":"javascript:alert(1)","user":{"login":"ann","id":7},"list":["a","b","c"],
       "lines":"first\\n# second\\n- third","amount":1299,"event":"from the body","size":"huge",
       "long":"LONG","items":[{"name":"x"},{"name":"y"}],"class":"field named class"}
      """;

  private final HookTemplates templates = new HookTemplates();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{action} {user.login} {n} {yes} {no} {big} {pi}|opened ann 3 true false 12345678901234567890 3.14",
        "{title}|\\[Bug&#93; It \\*breaks\\*",
        "{title.raw}|[Bug] It *breaks*",
        "{url}|https://example.com/a_b?x=1&y=2",
        "[x]({url})|[x](https://example.com/a_b?x=1&y=2)",
        "[x]({evil})|[x&#93;(javascript\\:alert(1))",
        "<{evil}>|<javascript\\:alert(1)>",
        "{#for i in list}{i}{#if i_hasNext}, {/if}{/for}|a, b, c",
        "{#each list}{it}{it_count}{/each}|a1b2c3",
        "{#for i in items}{i.name}{/for}|xy",
        "{#for f in user}{f.key}={f.value};{/for}|login=ann;id=7;",
        "{#for i in missing}{i}{/for}-{#for i in n}{i}{/for}-{#for i in action}{i}{/for}|--",
        "{#if action == 'opened'}yes{#else}no{/if}|yes",
        "{#if n == 3}yes{/if}{#if n > 2 && yes}y{/if}{#if missing}no{#else}n{/if}|yesyn",
        "{#if none}no{/if}{#if empty}no{/if}{#if no}no{/if}|",
        "{missing ?: 'other'} {none ?: action} {empty ?: 'e'}|other opened e",
        "{#let name=user.login}{name}{/let}|ann",
        "{list.size} {list.first} {list[1]} {list.last} {list.get(9)} {size}|3 a b c  huge",
        "{lines}|first # second - third",
        "{lines.firstLine}|first",
        "{lines.quote}|> first¶> \\# second¶> \\- third",
        "{lines.lines}|first¶\\# second¶\\- third",
        "{title.code} {title.short(6)} {action.upper}|`[Bug] It *breaks*` \\[Bug&#93;… OPENED",
        "{amount.money('eur')} {amount.money('jpy')} {action.money('eur')} {amount.money(user)}|12.99 EUR 1299 JPY opened 12.99",
        "{event} {headers.x_github_event} {headers.authorization}|push push",
        "{user} {list} {none} {missing} {missing.deep.deeper}|",
        "{class}|field named class",
        "{ not a value } {\"json\": 1} \\{action}|{ not a value } {\"json\": 1} {action}",
      })
  void a_template_renders_the_fields_of_the_payload(String template, String wanted) {
    assertThat(render(template)).isEqualTo(wanted == null ? "" : wanted.replace('¶', '\n'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{action.class}",
        "{action.getClass}",
        "{action.getClass()}",
        "{action.getClass.name}",
        "{user.class}",
        "{user.keys}",
        "{user.values}",
        "{user.entrySet}",
        "{list.class}",
        "{list.stream}",
        "{list.iterator}",
        "{n.class}",
        "{n.intValue}",
        "{action.length}",
        "{action.bytes}",
        "{action.toString}",
        "{action.chars}",
        "{headers.class}",
        "{yes.class.forName('java.lang.Runtime')}",
        "{this}",
        "{user.put('a','b')}"
      })
  void no_method_or_property_of_a_java_object_can_be_reached(String template) {
    assertThat(render(template)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{#include other /}",
        "{#insert /}",
        "{#eval 'x' /}",
        "{#fragment id=a}x{/fragment}",
        "{#cached}x{/cached}",
        "{str:eval('x')}",
        "{config:property}",
        "{inject:bean}",
        "{cdi:bean}"
      })
  void includes_evaluation_and_namespaces_are_off(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateProblem.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{#if action}|1",
        "one¶two {#unknown}|2",
        "one¶¶{action.|3",
        "a¶{#for x in list}¶{x}|3",
        "a¶b¶{ok} {/if}|3",
        "a¶b {str:eval('x')}|2",
        "a¶{#if action > 3}x{/if}|2",
      })
  void a_fault_has_its_line_and_column(String template, int line) {
    TemplateProblem problem =
        catchThrowableOfType(TemplateProblem.class, () -> render(template.replace('¶', '\n')));

    assertThat(problem).as(template).isNotNull();
    assertThat(problem.line()).isEqualTo(line);
    assertThat(problem.column()).isPositive();
    assertThat(problem.getMessage()).contains("line " + line + ", column " + problem.column());
  }

  @Test
  void the_fields_that_the_payload_does_not_have_are_named() {
    assertThat(rendered("{action} {titel} {user.name} {none} {x ?: 'y'}").unknown())
        .containsExactlyInAnyOrder("titel", "user.name", "none");
  }

  @Test
  void a_text_ends_at_8000_characters_before_a_link_that_would_be_cut() {
    String template = "word ".repeat(1500) + "{long.raw} {long.raw} [{action}]({url}) {url}";

    HookTemplates.Rendered rendered = rendered(template);

    assertThat(rendered.cut()).isTrue();
    assertThat(rendered.text().length()).isLessThanOrEqualTo(8000).isGreaterThan(7900);
    assertThat(rendered.text()).endsWith("\u2026");
    assertThat(rendered("x").cut()).isFalse();
  }

  @Test
  void a_value_of_a_megabyte_is_cut_without_being_copied_many_times() {
    String body = "{\"v\":\"" + "\ud83d\ude00*".repeat(150_000) + "\",\"list\":[1]}";

    HookTemplates.Rendered rendered =
        templates.render(
            templates.parse("{v} {v.raw} {v.code} {v.quote} {v.short(10)}"), data(body));

    assertThat(rendered.text().length()).isBetween(6000, 8000);
    assertThat(rendered.text()).doesNotContain("\ufffd");
  }

  @Test
  void a_loop_has_at_most_100_rounds_and_nested_loops_end() {
    String list =
        IntStream.range(0, 1000).mapToObj(Integer::toString).collect(Collectors.joining(","));
    Map<String, Object> data = data("{\"l\":[" + list + "],\"n\":2000000000}");

    HookTemplates unhurried = new HookTemplates(new RenderClock(() -> 0, () -> 0));

    assertThat(templates.render(templates.parse("{#for i in l}.{/for}"), data).text()).hasSize(100);
    assertThat(templates.render(templates.parse("{#for i in n}.{/for}"), data).text()).isEmpty();
    assertThatThrownBy(
            () ->
                unhurried.render(
                    unhurried.parse("{#for a in l}{#for b in l}{#for c in l}{/for}{/for}{/for}"),
                    data))
        .isInstanceOf(TemplateProblem.class)
        .hasMessageContaining("steps");
  }

  @Test
  void a_rendering_ends_after_200_milliseconds_of_its_own_work() {
    AtomicLong clock = new AtomicLong();
    LongSupplier ticks = () -> clock.addAndGet(30_000_000);
    HookTemplates slow = new HookTemplates(new RenderClock(ticks, ticks));

    assertThat(slow.render(slow.parse("{action}"), data(BODY)).text()).isEqualTo("opened");
    assertThatThrownBy(() -> slow.render(slow.parse("{action}".repeat(10)), data(BODY)))
        .isInstanceOf(TemplateProblem.class)
        .hasMessageContaining("200 ms");
  }

  @Test
  void the_time_that_a_rendering_waits_for_a_processor_does_not_count() {
    AtomicLong wall = new AtomicLong();
    HookTemplates waiting =
        new HookTemplates(new RenderClock(() -> wall.addAndGet(30_000_000_000L), () -> 0));
    assertThat(waiting.render(waiting.parse("{action}".repeat(100)), data(BODY)).text())
        .hasSize(600);
  }

  @Test
  void a_template_is_parsed_once_and_two_renderings_share_nothing() throws Exception {
    String source = "{#for c in commits}{c}{/for}{#if no}{missing}{/if}{a}";
    assertThat(templates.parse(source)).isSameAs(templates.parse(source));
    java.util.concurrent.ExecutorService threads =
        java.util.concurrent.Executors.newFixedThreadPool(4);
    try {
      List<java.util.concurrent.Future<String>> rendered = new java.util.ArrayList<>();
      for (int at = 0; at < 200; at++) {
        String body = "{\"a\":\"v" + at + "\",\"commits\":[" + at + "]}";
        rendered.add(
            threads.submit(() -> templates.render(templates.parse(source), data(body)).text()));
      }
      for (int at = 0; at < 200; at++) {
        assertThat(rendered.get(at).get()).isEqualTo(at + "v" + at);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void the_clock_of_the_system_has_the_processor_time_of_the_thread() throws Exception {
    RenderClock system = RenderClock.system();
    long wall = system.wallNanos();
    long processor = system.processorNanos();
    java.util.concurrent.TimeUnit.MILLISECONDS.sleep(300);
    assertThat(system.wallNanos() - wall).isGreaterThan(290_000_000L);
    assertThat(system.processorNanos() - processor).isLessThan(200_000_000L);
  }

  @Test
  void a_template_that_is_too_long_or_too_deep_is_refused() {
    for (String template :
        new String[] {
          "x".repeat(8001),
          "{#if a}".repeat(21) + "{/if}".repeat(21),
          "{#if a}{/if}".repeat(201),
          "{#if a}".repeat(900),
          "{a".repeat(2000),
          "{a.b(".repeat(1500),
          "{a[".repeat(1500)
        }) {
      assertThatThrownBy(() -> templates.render(templates.parse(template), data(BODY)))
          .as(template.substring(0, 10))
          .isInstanceOf(TemplateProblem.class);
    }
    assertThat(render("{#if yes}".repeat(20) + "x" + "{/if}".repeat(20))).isEqualTo("x");
    assertThat(render("{#if no}{#else if yes}x{#else}{/if}".repeat(60))).hasSize(60);
  }

  @Test
  void a_body_that_is_text_or_a_list_can_be_read() {
    assertThat(templates.render(templates.parse("{text}"), data("disk *full*")).text())
        .isEqualTo("disk \\*full\\*");
    assertThat(
            templates
                .render(
                    templates.parse("{#for i in items}{i.a}{/for}"), data("[{\"a\":1},{\"a\":2}]"))
                .text())
        .isEqualTo("12");
  }

  private String render(String template) {
    return rendered(template).text();
  }

  private HookTemplates.Rendered rendered(String template) {
    return templates.render(templates.parse(template), data(BODY));
  }

  private static Map<String, Object> data(String body) {
    return HookTemplates.data(
        Payload.read("", body.replace("LONG", "y ".repeat(800)).getBytes(StandardCharsets.UTF_8)),
        Map.of("x-github-event", "push"),
        "push");
  }
}
