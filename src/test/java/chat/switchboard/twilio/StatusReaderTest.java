package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.outbound.DeliveryReport.News;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status of a message, in a callback or in the response to the request. */
@Tag("unit")
class StatusReaderTest {

  static Stream<Arguments> statuses() {
    return Stream.of(
        Arguments.of("accepted", null, News.OnItsWay.class),
        Arguments.of("scheduled", null, News.OnItsWay.class),
        Arguments.of("queued", null, News.OnItsWay.class),
        Arguments.of("sending", null, News.OnItsWay.class),
        Arguments.of("sent", 30034, News.OnItsWay.class),
        Arguments.of("delivered", null, News.Delivered.class),
        Arguments.of("read", null, News.Delivered.class),
        Arguments.of("delivered", 30008, News.Delivered.class),
        Arguments.of("undelivered", null, News.Failed.class),
        Arguments.of("failed", null, News.Failed.class),
        Arguments.of("canceled", null, News.Failed.class),
        // Twilio has the message: these codes say nothing of a further try.
        Arguments.of("undelivered", 30008, News.Failed.class),
        Arguments.of("undelivered", 30001, News.Failed.class),
        Arguments.of("failed", 20429, News.Failed.class),
        Arguments.of("failed", 63018, News.Failed.class),
        Arguments.of("failed", 21610, News.OptedOut.class),
        Arguments.of("undelivered", 21610, News.OptedOut.class));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("statuses")
  void a_status_is_read(String status, Integer code, Class<? extends News> kind) {
    assertThat(StatusReader.news(status, Optional.ofNullable(code)))
        .hasValueSatisfying(news -> assertThat(news).isInstanceOf(kind));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "receiving", "received", "SENT", "delivered "})
  void an_unknown_status_gives_no_report(String status) {
    assertThat(StatusReader.news(status, Optional.empty())).isEmpty();
  }
}
