package chat.switchboard.phones;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Configured;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class CommandWordsTest {

  private static final String PREFIX = "switchboard.phones.commands.";

  private final CommandWords words = words();

  private static CommandWords words(String... settings) {
    return new CommandWords(Configured.with(CommandsConfig.class, settings));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEW", "new", " New ", "ｎｅｗ", "N\u200bEW", "new\n", "\u202anew\u202c"})
  void a_command_is_the_whole_text_in_any_letters(String text) {
    assertThat(words.read(text)).contains(new Command.New());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "new car",
        "news",
        "NEW!",
        "a new one",
        "6",
        "0",
        "12",
        "1.",
        "一",
        "½",
        "²³"
      })
  void every_other_text_is_none(String text) {
    assertThat(words.read(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "5,5", "３,3", "٢,2", "२,2", "' 4 ',4", "²,2"})
  void a_number_of_the_list_may_have_the_digits_of_any_script(String text, int number) {
    assertThat(words.read(text)).contains(new Command.Choose(number));
  }

  @ParameterizedTest
  @CsvSource({
    "новый,НОВЫЙ",
    "ΛΊΣΤΑΣ,λίστας",
    "新規,新規",
    "جديد,جديد",
    "नया,नया",
    "YENİ,yeni",
    "İPTAL,iptal",
    "straße,STRASSE",
    "e\u0301te\u0301,\u00c9T\u00c9"
  })
  void words_may_be_of_any_script(String configured, String typed) {
    assertThat(words(PREFIX + "new", configured).read(typed)).contains(new Command.New());
  }

  @Test
  void a_command_has_several_words_or_none() {
    CommandWords some = words(PREFIX + "list", "LIST,ВСЕ", PREFIX + "new", "");
    assertThat(some.read("все")).contains(new Command.ListConversations());
    assertThat(some.read("list")).contains(new Command.ListConversations());
    assertThat(some.read("new")).isEmpty();
    assertThat(some.read("")).isEmpty();
  }

  @Test
  void one_switch_turns_commands_off_but_not_the_way_out() {
    CommandWords off = words(PREFIX + "enabled", "false");
    assertThat(off.read("NEW")).isEmpty();
    assertThat(off.read("1")).isEmpty();
    assertThat(off.read("HELP")).isEmpty();
    assertThat(off.read("unlink")).contains(new Command.Unlink());
  }

  @Test
  void a_text_names_the_first_word_of_each_command() {
    assertThat(words(PREFIX + "new", "NEU,NEW").filled("{new} {list} {help} {unlink}"))
        .isEqualTo("NEU LIST HELP UNLINK");
  }
}
