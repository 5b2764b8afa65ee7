package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which refusals of a new message pass by themselves, and what an operator is told. */
@Tag("unit")
class TwilioErrorsTest {

  @ParameterizedTest
  @ValueSource(ints = {20429, 30001, 63018})
  void a_refusal_that_passes_may_be_tried_later(int code) {
    assertThat(TwilioErrors.mayGoLater(code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 20003, 21211, 21214, 21408, 21610, 21612, 21614, 21617, 30003, 30005, 30006, 30007,
        30008, 30034, 63016, 99999
      })
  void every_other_is_final(int code) {
    assertThat(TwilioErrors.mayGoLater(code)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "21610 | The person has opted out (STOP); only the person can opt in again (START) (21610)",
        "30008 | The carrier does not say why the text was not delivered; the text may still arrive (30008)",
        "12345 | Twilio refused the text; see https://www.twilio.com/docs/api/errors/12345 (12345)"
      })
  void a_code_becomes_one_sentence(int code, String sentence) {
    assertThat(TwilioErrors.sentence(code)).isEqualTo(sentence);
  }
}
