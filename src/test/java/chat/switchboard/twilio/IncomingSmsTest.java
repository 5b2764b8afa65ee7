package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of Twilio's forms, and the message that they become. */
@Tag("unit")
class IncomingSmsTest {

  private static final String SID = "SM" + "0123456789abcdef".repeat(2);
  private static final String ACCOUNT = "AC" + "0".repeat(32);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // EventType, Source: a text of a person
        "-, -, true",
        "-, API, true",
        "onMessageAdded, -, true",
        "onMessageAdded, SMS, true",
        "onMessageAdded, API, false",
        "onMessageUpdated, -, false",
        "onParticipantAdded, SMS, false",
        "onmessageadded, -, false"
      })
  void an_event_without_a_text_and_our_own_message_in_a_group_are_no_texts(
      String event, String source, boolean isText) {
    SignedForm form = form("EventType", event, "Source", source, "From", "+15551234567");
    assertThat(IncomingSms.isIn(form)).isEqualTo(isText);
    assertThat(IncomingSms.of(form).isPresent()).isEqualTo(isText);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // EventType, From, Author, ConversationSid: person, group
        "-, +15551234567, -, -, +15551234567, -",
        "-, +15551234567, +15559999999, CH1, +15551234567, -",
        "-, -, +15559999999, -, +15559999999, -",
        "onMessageAdded, -, +15559999999, CH1, +15559999999, CH1",
        "onMessageAdded, +15551234567, +15559999999, CH1, +15559999999, CH1",
        "onMessageAdded, +15551234567, -, CH1, +15551234567, CH1",
        "onMessageAdded, -, ann, -, ann, -",
        "-, whatsapp:+15551234567, -, -, whatsapp:+15551234567, -",
        "-, whatsapp:US.13491208655302741918, -, -, whatsapp:US.13491208655302741918, -",
        "-, rcs:brand_agent, -, -, rcs:brand_agent, -",
        "-, 72975, -, -, 72975, -",
        "-, -, -, -, '', -"
      })
  void the_author_of_a_message_in_a_group_is_the_person_and_the_sender_elsewhere(
      String event, String from, String author, String group, String person, String inGroup) {
    IncomingSms text =
        read("EventType", event, "From", from, "Author", author, "ConversationSid", group);
    assertThat(text.from()).isEqualTo(person);
    assertThat(text.conversationSid()).isEqualTo(Optional.ofNullable(inGroup));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // MessageSid, SmsMessageSid, SmsSid: sid, key
        "SMabC, -, -, SMabC, SMabc",
        "-, SMabC, -, SMabC, SMabc",
        "-, -, SMabC, SMabC, SMabc",
        "SM1, SM1, SM1, SM1, SM1",
        "IMFF, -, -, IMFF, IMff",
        "X, -, -, X, X",
        "'', -, SM2, SM2, SM2",
        "-, -, -, '', ''"
      })
  void one_message_has_one_key_in_every_spelling_of_its_sid(
      String message, String smsMessage, String sms, String sid, String key) {
    IncomingSms text = read("MessageSid", message, "SmsMessageSid", smsMessage, "SmsSid", sms);
    assertThat(text.sid()).isEqualTo(sid);
    assertThat(text.key()).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // Body, OptOutType: keyword, asks to stop
        "hello, -, -, false",
        "STOP, -, STOP, true",
        "hello, STOP, STOP, false",
        "start, -, START, false",
        "Help, -, HELP, false",
        "yes, -, YES, false",
        "'', -, -, false",
        "-, -, -, false"
      })
  void a_keyword_is_read_from_the_words_or_from_twilios_own_field(
      String body, String optOutType, Keyword keyword, boolean asksToStop) {
    IncomingSms text = read("Body", body, "OptOutType", optOutType);
    assertThat(text.keyword()).isEqualTo(Optional.ofNullable(keyword));
    assertThat(text.asksToStop()).isEqualTo(asksToStop);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // Title, field of the choice, OptOutType: keyword, asks to stop
        "Cancel, ButtonPayload, -, -, false",
        "Cancel, ButtonText, -, -, false",
        "cancel it, ButtonPayload, -, -, false",
        "End, ListId, -, -, false",
        "Quit, ListTitle, -, -, false",
        "Info, ButtonPayload, -, -, false",
        "Help, ListId, -, -, false",
        "Stop, ButtonPayload, -, STOP, true",
        "stop all, ButtonPayload, -, STOP, true",
        "Stop promotions, ButtonPayload, -, -, true",
        "Unsubscribe, ListId, -, STOP, true",
        "Opt out, ButtonPayload, -, STOP, true",
        "Yes, ButtonPayload, -, YES, false",
        "Cancel, ButtonPayload, STOP, STOP, false",
        "Cancel, ProfileName, -, STOP, true"
      })
  void the_title_of_a_choice_is_no_keyword_unless_it_says_to_stop(
      String title, String field, String optOutType, Keyword keyword, boolean asksToStop) {
    IncomingSms text = read("Body", title, "OptOutType", optOutType, field, "x");
    assertThat(text.keyword()).isEqualTo(Optional.ofNullable(keyword));
    assertThat(text.asksToStop()).isEqualTo(asksToStop);
  }

  @Test
  void our_number_and_its_service_are_both_ours_and_there_is_always_one_name() {
    assertThat(read("To", "+15557654321", "MessagingServiceSid", "MG1").ours())
        .containsExactly("+15557654321", "MG1");
    assertThat(read("MessagingServiceSid", "MG1").ours()).containsExactly("MG1");
    assertThat(read("From", "+15551234567").ours()).containsExactly("");
  }

  @Test
  void a_name_of_any_length_is_one_short_line_and_an_empty_one_is_none() {
    assertThat(read("ProfileName", "Ann\nLee").profileName()).contains("Ann Lee");
    assertThat(read("ProfileName", " ").profileName()).isEmpty();
    assertThat(read("ProfileName", "é".repeat(2_000)).profileName().orElseThrow())
        .hasSizeLessThanOrEqualTo(61);
  }

  @Test
  void a_text_becomes_a_message_of_its_person_at_its_number() {
    InboundMessage message =
        WebhookReader.read(
            read(
                "From", "whatsapp:+15551234567",
                "To", "whatsapp:+15557654321",
                "AccountSid", ACCOUNT,
                "MessageSid", SID,
                "ProfileName", "Ann",
                "Body", "hello"),
            true);
    ToContact to = (ToContact) message.destination();
    assertThat(to.contact().from()).isEqualTo("whatsapp:+15551234567");
    assertThat(to.contact().to()).contains("whatsapp:+15557654321");
    assertThat(message.parts()).containsExactly("hello");
    assertThat(message.sender()).isEqualTo("WhatsApp Ann +1••••••4567");
    assertThat(message.source()).isEqualTo("whatsapp");
    assertThat(message.key()).contains(new TwilioMessage(ACCOUNT, SID));
    assertThat(message.metadata())
        .isEqualTo(
            new Document("source", "whatsapp")
                .append("phoneNumber", "whatsapp:+15551234567")
                .append("messageSid", SID)
                .append("serviceNumber", "whatsapp:+15557654321")
                .append("profileName", "Ann"));
    assertThat(message.trusted()).isFalse();
    assertThat(message.reply()).isEmpty();
  }

  private static IncomingSms read(String... fields) {
    return IncomingSms.of(form(fields)).orElseThrow();
  }

  /** A field with the value null is left out. */
  private static SignedForm form(String... fields) {
    Map<String, List<String>> form = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i + 1] != null) {
        form.put(fields[i], List.of(Arrays.asList(fields).get(i + 1)));
      }
    }
    return new SignedForm(form);
  }
}
