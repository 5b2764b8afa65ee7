package chat.switchboard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.address.Strangers;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.routing.Route.Into;
import chat.switchboard.routing.Route.Reason;
import chat.switchboard.routing.Route.Refused;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which notice a person gets, by the route and the code. */
@Tag("unit")
class NoticeTextsTest {

  private static final NoticesConfig CONFIG =
      (NoticesConfig)
          Proxy.newProxyInstance(
              NoticesConfig.class.getClassLoader(),
              new Class<?>[] {NoticesConfig.class},
              (proxy, method, arguments) ->
                  method.getName().equals("linked")
                      ? Optional.of("in {title}")
                      : Optional.of(method.getName()));

  private final NoticeTexts notices = new NoticeTexts(CONFIG);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // route, its notice: after a wrong code, after too many codes
        "into, -, wrongCode, tooManyCodes",
        "into, newConversation, wrongCode, tooManyCodes",
        "refused, pair, pair, tooManyCodes",
        "refused, -, -, -"
      })
  void a_stranger_who_is_told_to_send_a_code_learns_when_no_code_is_read(
      String kind, String notice, String wrong, String tooMany) {
    Route route =
        kind.equals("into")
            ? new Into(conversation("t"), Optional.empty()).withNotice(Optional.ofNullable(notice))
            : new Refused(Reason.STRANGER, Optional.ofNullable(notice));
    assertThat(notice(notices.afterWrongCode(route))).isEqualTo(Optional.ofNullable(wrong));
    assertThat(notice(notices.afterTooManyCodes(route))).isEqualTo(Optional.ofNullable(tooMany));
  }

  private static Optional<String> notice(Route route) {
    return route instanceof Into into ? into.notice() : ((Refused) route).notice();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"PAIR, pair", "REJECT, -"})
  void only_the_policy_pair_tells_a_stranger_to_send_a_code(Strangers policy, String notice) {
    assertThat(notices.refused(policy)).isEqualTo(Optional.ofNullable(notice));
  }

  @Test
  void a_title_of_any_length_leaves_room_for_the_words_around_it() {
    assertThat(notices.linked(conversation("Printer"))).contains("in Printer");
    assertThat(notices.linked(conversation(null))).contains("in ");
    assertThat(notices.linked(conversation("x".repeat(5_000))).orElseThrow()).hasSizeLessThan(100);
  }

  private static Conversation conversation(String title) {
    Conversation conversation = new Conversation();
    conversation.title = title;
    return conversation;
  }
}
