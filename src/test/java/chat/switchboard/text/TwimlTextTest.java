package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.twilio.twiml.MessagingResponse;
import com.twilio.twiml.messaging.Message;
import java.io.StringReader;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;

@Tag("unit")
class TwimlTextTest {

  @ParameterizedTest(name = "{1}")
  @MethodSource("texts")
  void whatever_the_text_is_the_answer_is_xml(String text, String fit) throws Exception {
    assertThat(TwimlText.of(text)).isEqualTo(fit);
    String xml =
        new MessagingResponse.Builder()
            .message(new Message.Builder(TwimlText.of(text)).build())
            .build()
            .toXml();
    String read =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(xml)))
            .getDocumentElement()
            .getTextContent();
    assertThat(read).isEqualTo(fit);
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("A\u0007B", "AB"),
        Arguments.of("<&>\"' ]]> \t\n", "<&>\"' ]]> \t\n"),
        Arguments.of("\u0000\u0001\u0008\u000B\u000C\u001B\u001Fx\uFFFE\uFFFF", "x"),
        Arguments.of("a\uD83Db\uDE00c", "abc"),
        Arguments.of("Привет 你好 नमस्ते 👨‍👩‍👧‍👦", "Привет 你好 नमस्ते 👨‍👩‍👧‍👦"));
  }

  @Test
  void a_long_text_is_cut_at_1600_characters_and_never_within_a_cluster() {
    assertThat(TwimlText.of("x".repeat(2000))).hasSize(1600);
    assertThat(TwimlText.of("x" + "👨‍👩‍👧‍👦".repeat(200)))
        .isEqualTo("x" + "👨‍👩‍👧‍👦".repeat(145));
    assertThat(TwimlText.of("x".repeat(1599) + "😀")).hasSize(1599);
  }
}
