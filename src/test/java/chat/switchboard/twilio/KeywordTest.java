package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class KeywordTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STOP",
        "stop",
        "Stop.",
        "STOP!",
        "STOP!!!",
        "Stop ...",
        "stop…",
        " \t\r\nstop\n",
        "ＳＴＯＰ",
        "ｓｔｏｐ！",
        "STOP\u200B",
        "\u200ESTOP\u200F",
        "ST\u200BOP",
        "ST\u00ADOP",
        "\uFEFFSTOP",
        "STOP\u00A0",
        "\u202FSTOP\u3000",
        "\u202ASTOP\u202C",
        "\"stop\"",
        "'Stop'",
        "“STOP”",
        "„Stop.“",
        "«stop»",
        "(stop)",
        "*STOP*",
        "STOPALL",
        "stop all",
        "Stop-All",
        "opt out",
        "Opt-Out.",
        "opt\u2011out",
        "OPT\u00A0OUT",
        "optout",
        "Unsubscribe",
        "UNSUBSCR\u0130BE",
        "unsubscr\u0131be",
        "QU\u0130T",
        "cancel",
        "End",
        "revoke!",
        "𝐒𝐓𝐎𝐏"
      })
  void these_are_stop(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).contains(Keyword.STOP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stop please",
        "Please stop",
        "PLEASE CANCEL",
        "stop texting me",
        "Stop sending me these messages, I have asked you three times by now",
        "Stop?",
        "pls unsubscribe me",
        "I want to opt out",
        "opt out please",
        "unsubscribe me from this",
        "cancel this please",
        "end it now",
        "STOP STOP STOP",
        "stop\u00A0please"
      })
  void these_ask_to_stop_and_are_texts(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).isEmpty();
    assertThat(Keyword.asksToStop(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "stopp",
        "stopover",
        "Where is the bus stop near your shop, the one at the river?",
        "Cancel my order 4711",
        "The end of the month",
        "Can I cancel?",
        "I quit my job",
        "Info about Sunday?",
        "Help!",
        "Yes!",
        "👋",
        "Started",
        "non-stop flights from Rome to Oslo tomorrow please"
      })
  void these_are_texts(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).isEmpty();
    assertThat(Keyword.asksToStop(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"START", "start", "ＳＴＡＲＴ", "Unstop\u200B", " start\u00A0"})
  void these_are_start(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).contains(Keyword.START);
  }

  @ParameterizedTest
  @ValueSource(strings = {"YES", "yes", "Start!", "\"start\"", "Unstop."})
  void yes_and_marked_start_count_only_from_a_person_who_opted_out(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).contains(Keyword.YES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HELP", "Help", "info\u200B"})
  void these_are_help(String text) {
    assertThat(Keyword.of(Optional.of(text), Optional.empty())).contains(Keyword.HELP);
  }

  @Test
  void the_keyword_that_advanced_opt_out_recognised_counts() {
    assertThat(Keyword.of(Optional.of("ARRET"), Optional.of("STOP"))).contains(Keyword.STOP);
    assertThat(Keyword.of(Optional.of("yes"), Optional.of("STOP"))).contains(Keyword.STOP);
    assertThat(Keyword.of(Optional.of("JA"), Optional.of("START"))).contains(Keyword.START);
    assertThat(Keyword.of(Optional.of("AIDE"), Optional.of("HELP"))).contains(Keyword.HELP);
  }

  @Test
  void the_locale_of_the_machine_changes_nothing() {
    Locale before = Locale.getDefault();
    try {
      for (String language : new String[] {"tr", "az", "lt", "ar", "th"}) {
        Locale.setDefault(Locale.forLanguageTag(language));
        assertThat(Keyword.of(Optional.of("quit"), Optional.empty())).contains(Keyword.STOP);
        assertThat(Keyword.of(Optional.of("unsubscribe"), Optional.empty())).contains(Keyword.STOP);
        assertThat(Keyword.of(Optional.of("info"), Optional.empty())).contains(Keyword.HELP);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Property
  void any_text_can_be_looked_at(@ForAll String text) {
    Keyword.of(Optional.of(text), Optional.empty());
    Keyword.asksToStop(text);
  }

  @Test
  void a_text_of_many_dots_is_looked_at_in_a_moment() {
    String dots = "a" + "\u2026".repeat(4_094) + "a";
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        java.time.Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 1_000; i++) {
            assertThat(Keyword.of(Optional.of(dots), Optional.empty())).isEmpty();
          }
        });
  }
}
