package chat.switchboard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The database has mappings and conversations with these ids: no release may change them. */
@Tag("unit")
class MappingIdsTest {

  private static final String GROUP = "CH0123456789abcdef0123456789abcdef";

  @Test
  void the_ids_stay_the_same_in_every_release() {
    Contact contact = contact("+15550001111", Optional.empty());
    assertThat(MappingIds.own(contact)).isEqualTo("a0fdd3d0-c0f3-583b-a173-58c06bbcab87");
    assertThat(MappingIds.own(new Contact("+15550001111", Optional.empty(), "sms")))
        .isEqualTo("09bdc6c3-85ea-5fd3-8541-3ce29514d1b2");
    assertThat(MappingIds.own(contact("+15550001111", Optional.of(GROUP))))
        .isEqualTo("23e3e46a-ca44-5714-b3b2-1da5d3005817");
    assertThat(MappingIds.to("+15550001111", "+15557654321", "a conversation"))
        .isEqualTo("7a737fca-5335-5f98-acd2-6d2d056ab388");
    assertThat(MappingIds.conversationAfter("a conversation"))
        .isEqualTo("c4fdc12f-4071-5c82-8411-59a82db96a4c");
    assertThat(MappingIds.conversationOfGroup(GROUP))
        .isEqualTo("d6275d6a-be2b-5c10-8375-6bcd35ccc535");
  }

  /** Brazil: the number with and without the ninth digit is one account of WhatsApp. */
  @ParameterizedTest
  @CsvSource({
    "whatsapp:+5541988885555, whatsapp:+5541988885555, true",
    "whatsapp:+554188885555, whatsapp:+5541988885555, true",
    "whatsapp:+5541988885555, whatsapp:+554188885555, true",
    "+5541988885555, whatsapp:+5541988885555, false",
    "whatsapp:+5541988885556, whatsapp:+5541988885555, false"
  })
  void the_own_mapping_of_a_person_is_known_under_each_spelling_of_the_number(
      String introduced, String writes, boolean own) {
    Mapping mapping = new Mapping();
    mapping.id = MappingIds.own(contact(introduced, Optional.empty()));
    mapping.phoneNumber = introduced;
    mapping.serviceNumber = "+15557654321";
    assertThat(MappingIds.isOwn(mapping, contact(introduced, Optional.empty()))).isTrue();
    mapping.phoneNumber = writes;
    assertThat(MappingIds.isOwn(mapping, contact(writes, Optional.empty()))).isEqualTo(own);
  }

  @Test
  void a_mapping_of_a_code_is_not_the_persons_own() {
    Contact contact = contact("+15550001111", Optional.empty());
    Mapping mapping = new Mapping();
    mapping.id = MappingIds.to(contact.account(), contact.serviceNumber(), "a conversation");
    mapping.phoneNumber = "+15550001111";
    mapping.serviceNumber = "+15557654321";
    mapping.conversationId = "a conversation";
    assertThat(MappingIds.isOwn(mapping, contact)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "+15550001111, +15550001111",
    "rcs:+15550001111, rcs:+15550001111",
    "whatsapp:+554188885555, whatsapp:+5541988885555"
  })
  void the_account_of_a_contact_is_the_one_of_its_address(String from, String account) {
    assertThat(contact(from, Optional.empty()).account()).isEqualTo(account);
  }

  private static Contact contact(String from, Optional<String> conversationSid) {
    return new Contact(
        from, Optional.of("+15557654321"), "sms", Optional.empty(), conversationSid, false);
  }
}
