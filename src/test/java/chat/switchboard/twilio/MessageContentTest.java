package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MessageContentTest {

  @Test
  void a_place_is_told_in_words_and_in_metadata() {
    MessageContent content =
        content(
            "Body", "",
            "Latitude", "48.2104",
            "Longitude", "16.3655",
            "Address", "Herrengasse 14,\n1010 Wien",
            "Label", "Café Central");
    assertThat(content.text())
        .isEqualTo("[location: Café Central, Herrengasse 14, 1010 Wien (48.2104, 16.3655)]");
    assertThat(content.metadata().get("location", Document.class))
        .isEqualTo(
            new Document("latitude", 48.2104)
                .append("longitude", 16.3655)
                .append("address", "Herrengasse 14, 1010 Wien")
                .append("label", "Café Central"));
    assertThat(content("Latitude", "-0.5", "Longitude", "1.0E-5").text())
        .isEqualTo("[location: -0.5, 1.0E-5]");
    assertThat(content("Body", "Here", "Latitude", "1", "Longitude", "2").text())
        .isEqualTo("Here\n[location: 1, 2]");
  }

  @Test
  void a_button_is_told_once_in_words_and_in_metadata() {
    MessageContent same = content("Body", "Yes", "ButtonText", "Yes", "ButtonPayload", "yes_1");
    assertThat(same.text()).isEqualTo("Yes");
    assertThat(same.metadata().get("button", Document.class))
        .isEqualTo(new Document("text", "Yes").append("payload", "yes_1"));
    assertThat(content("Body", "", "ButtonText", "Yes").text()).isEqualTo("Yes");
    assertThat(content("Body", "Well", "ButtonText", "Yes").text())
        .isEqualTo("Well\n[button: Yes]");
    assertThat(content("ButtonPayload", "yes_1").text()).isEqualTo("[button: yes_1]");
  }

  @Test
  void a_choice_from_a_list_is_told_in_words_and_in_metadata() {
    MessageContent content = content("Body", "", "ListTitle", "Tuesday", "ListId", "day-2");
    assertThat(content.text()).isEqualTo("Tuesday");
    assertThat(content.metadata().get("list", Document.class))
        .isEqualTo(new Document("title", "Tuesday").append("id", "day-2"));
  }

  @Test
  void the_answers_to_a_form_are_told_and_bounded() {
    MessageContent content = content("InteractiveData", "{\"name\":\"Ada\"}");
    assertThat(content.text()).isEqualTo("[answers: {\"name\":\"Ada\"}]");
    assertThat(content.metadata()).containsEntry("interactiveData", "{\"name\":\"Ada\"}");
    MessageContent huge = content("InteractiveData", "ж".repeat(200_000));
    assertThat(huge.metadata().getString("interactiveData")).hasSize(8_192);
    assertThat(huge.text()).hasSizeLessThan(400);
  }

  @Test
  void an_advertisement_that_was_tapped_is_told() {
    MessageContent content =
        content(
            "Body", "Hi",
            "ReferralHeadline", "Shoes",
            "ReferralBody", "Half the price",
            "ReferralSourceUrl", "https://fb.me/1",
            "ReferralCtwaClid", "ARA1");
    assertThat(content.text()).isEqualTo("Hi\n[came from: Shoes, Half the price, https://fb.me/1]");
    assertThat(content.metadata().get("referral", Document.class))
        .containsEntry("headline", "Shoes")
        .containsEntry("body", "Half the price")
        .containsEntry("sourceUrl", "https://fb.me/1")
        .containsEntry("ctwaClid", "ARA1");
  }

  @Test
  void a_webhook_without_content_is_an_empty_message() {
    assertThat(content("Body", "").text()).isEqualTo("(empty message)");
    assertThat(content("Body", "", "MessageType", "text").text()).isEqualTo("(empty message)");
    assertThat(content("Body", "", "MessageType", "sticker").text()).isEqualTo("[sticker]");
    assertThat(content("Label", "Home").text()).isEqualTo("[location: Home]");
    assertThat(
            content("Body", "Yes", "OriginalRepliedMessageSid", "SM1").metadata().get("repliedTo"))
        .isEqualTo(new Document("messageSid", "SM1"));
  }

  @Test
  void reactions_deletions_and_edits_are_told_as_what_they_are() {
    MessageContent reaction =
        content("MessageType", "reaction", "Body", "👍🏽", "OriginalRepliedMessageSid", "SM1");
    assertThat(reaction.text()).isEqualTo("[reaction: 👍🏽]");
    assertThat(reaction.metadata().get("reaction")).isEqualTo(new Document("emoji", "👍🏽"));
    assertThat(reaction.repliedTo()).contains("SM1");
    assertThat(reaction.isEvent()).isTrue();
    assertThat(content("MessageType", "reaction", "Body", "").text())
        .isEqualTo("[reaction removed]");
    assertThat(content("MessageType", "reaction", "Body", "ж".repeat(5_000)).text())
        .hasSizeLessThan(40);
    assertThat(content("MessageType", "deleted").text()).isEqualTo("[message deleted]");
    MessageContent edited =
        content("From", "whatsapp:+15551234567", "MessageType", "edited", "Body", "*So*");
    assertThat(edited.text()).isEqualTo("[message edited]\n*So*");
    assertThat(edited.markdown()).isEqualTo("[message edited]\n**So**");
    assertThat(edited.isEvent()).isFalse();
  }

  @Test
  void an_answered_message_is_quoted_above_the_words_and_a_code_is_still_the_first_word() {
    MessageContent content =
        content(
                "Body", "ABC123 yes",
                "OriginalRepliedMessageSid", "SM1",
                "OriginalRepliedMessageSender", "whatsapp:+15557654321")
            .quoting("Shall we?");
    assertThat(content.parts()).containsExactly("> Shall we?\n", "ABC123 yes");
    assertThat(content.metadata().get("repliedTo"))
        .isEqualTo(
            new Document("messageSid", "SM1")
                .append("sender", "whatsapp:+15557654321")
                .append("quote", "Shall we?"));
  }

  @Test
  void only_whatsapps_marks_become_markdown_and_commands_read_what_the_person_wrote() {
    MessageContent content =
        content("From", "whatsapp:+15551234567", "Body", "*Yes*\n# x", "ButtonText", "*No*");
    assertThat(content.text()).isEqualTo("*Yes*\n# x\n[button: *No*]");
    assertThat(content.markdown()).isEqualTo("**Yes**\n\\# x\n[button: *No*]");
    assertThat(content.metadata()).containsEntry("formatting", "whatsapp");
    assertThat(content("From", "+15551234567", "Body", "*Yes*").markdown()).isEqualTo("*Yes*");
    assertThat(content("From", "whatsapp:+15551234567", "Body", "Yes").metadata())
        .doesNotContainKey("formatting");
  }

  private static MessageContent content(String... fields) {
    Map<String, List<String>> form = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], List.of(Arrays.asList(fields).get(i + 1)));
    }
    return MessageContent.of(new SignedForm(form), form.containsKey("EventType"));
  }
}
