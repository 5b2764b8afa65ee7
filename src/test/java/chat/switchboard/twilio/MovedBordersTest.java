package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The attacker has one genuine webhook with its signature, may have written parts of it, and cuts
 * the signed text anew. No cut may be taken as another message, or as one of another person or to
 * another number.
 */
@Tag("unit")
class MovedBordersTest {

  private static final String ACCOUNT = "AC0123456789abcdef0123456789abcdef";
  private static final String SID = "SM00112233445566778899aabbccddeeff";
  private static final String NEW = "SMffeeddccbbaa99887766554433221100";
  private static final String OWN = "+15553332211";
  private static final String VICTIM = "+12025559999";
  private static final String URL = "https://chat.example.com/api/twilio/webhook";

  private final FormCheck check = new FormCheck(Set.of(ACCOUNT));

  /** Texts of an attacker, from which other fields can be cut. */
  private static final List<String> WORDS =
      List.of(
          "wire itFrom" + VICTIM + "FromAx",
          "wire itFrom" + VICTIM + "FromCity",
          "wire itFrom" + VICTIM + "G",
          "wire itFrom" + VICTIM + "Cheap",
          "wire itFrom" + VICTIM + "FromCityXMessageSid" + NEW + "NumMedia0To+15557654321ToZip",
          "wire itFrom"
              + VICTIM
              + "MessageSid"
              + NEW
              + "NumMedia0SmsMessageSid"
              + NEW
              + "SmsSid"
              + NEW
              + "To+15557654321Zebra",
          "AccountSid"
              + ACCOUNT
              + "BodyHiFrom"
              + VICTIM
              + "MessageSid"
              + NEW
              + "NumMedia0To+15557654321Zebra",
          "From" + VICTIM,
          "MessageSid" + NEW,
          "xLabelyFrom" + VICTIM + "MessageSid" + NEW + "ProfileName",
          "BodyHello World Foo");

  /** The words whose genuine webhooks lose their borders in most combinations. */
  private static final List<String> ALL_BORDERS = List.of(WORDS.get(0), WORDS.get(9));

  static List<Map<String, String>> genuine() {
    List<Map<String, String>> all = new ArrayList<>();
    for (String words : WORDS) {
      Map<String, String> minimal = new TreeMap<>();
      minimal.put("AccountSid", ACCOUNT);
      minimal.put("MessageSid", SID);
      minimal.put("From", OWN);
      minimal.put("To", "+15557654321");
      minimal.put("Body", words);
      minimal.put("NumMedia", "0");
      all.add(minimal);
      Map<String, String> sms = new TreeMap<>(minimal);
      sms.put("ApiVersion", "2010-04-01");
      sms.put("SmsSid", SID);
      sms.put("SmsMessageSid", SID);
      sms.put("SmsStatus", "received");
      sms.put("NumSegments", "1");
      sms.put("FromCity", "NEW YORK");
      sms.put("FromCountry", "US");
      sms.put("FromZip", "10001");
      sms.put("ToCountry", "US");
      sms.put("ToCity", "");
      sms.put("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef");
      all.add(sms);
      Map<String, String> whatsApp = new TreeMap<>(minimal);
      whatsApp.put("From", "whatsapp:" + OWN);
      whatsApp.put("To", "whatsapp:+15557654321");
      whatsApp.put("SmsMessageSid", SID);
      whatsApp.put("SmsSid", SID);
      whatsApp.put("Body", "Hi");
      whatsApp.put("ProfileName", words);
      whatsApp.put("WaId", "15553332211");
      all.add(whatsApp);
      Map<String, String> place = new TreeMap<>(whatsApp);
      place.put("Body", "");
      place.put("ProfileName", "Mallory");
      place.put("Address", words);
      place.put("Label", words);
      place.put("Latitude", "48.21");
      place.put("Longitude", "16.36");
      all.add(place);
      Map<String, String> group = new TreeMap<>();
      group.put("AccountSid", ACCOUNT);
      group.put("EventType", "onMessageAdded");
      group.put("ConversationSid", "CH0123456789abcdef0123456789abcdef");
      group.put("MessageSid", SID.replace("SM", "IM"));
      group.put("Author", OWN);
      group.put("Source", "SMS");
      group.put("Body", words);
      all.add(group);
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void a_genuine_webhook_is_taken_whatever_its_sender_wrote(Map<String, String> genuine) {
    // Refused may be what no person writes: such words in a name or a place, or a Body that goes on
    // from a sender over an id up to the name of a profile.
    if (!genuine.containsKey("ProfileName") && !genuine.get("Body").endsWith("ProfileName")) {
      assertThat(flaw(URL, genuine)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("genuine")
  void no_other_cut_is_another_message_or_of_another_person(Map<String, String> genuine) {
    String text = text(URL, genuine);
    int[] tried = {0};
    NavigableMap<Integer, String> known = known(text);
    Set<Map<String, String>> seen = new HashSet<>();
    merges(
        genuine, borders(genuine), fields -> tried[0] += refuseOrSame(URL, text, fields, genuine));
    Random random = new Random(7);
    for (int i = 0; i < 8_000; i++) {
      Map<String, String> cut = cut(text, known, URL.length(), random);
      tried[0] += seen.add(cut) ? refuseOrSame(URL, text, cut, genuine) : 0;
    }
    // Also with the first fields in the query of a webhook that has one.
    String withQuery = URL + "?shop=1";
    String longer = text(withQuery, genuine);
    NavigableMap<Integer, String> knownLonger = known(longer);
    for (int i = 0; i < 2_000; i++) {
      int more = random.nextInt(longer.length() - withQuery.length());
      String url = longer.substring(0, withQuery.length() + more);
      tried[0] +=
          refuseOrSame(url, longer, cut(longer, knownLonger, url.length(), random), genuine);
    }
    assertThat(tried[0]).as("cuts with the same signature").isGreaterThan(100);
  }

  @Test
  void the_cuts_that_were_seen_are_refused() {
    Map<String, String> genuine = genuine().get(0);
    assertThat(genuine.get("Body")).isEqualTo("wire itFrom" + VICTIM + "FromAx");
    Map<String, String> victims = new TreeMap<>(genuine);
    victims.put("Body", "wire it");
    victims.put("From", VICTIM);
    victims.put("FromAx", "From" + OWN);
    assertThat(text(URL, victims)).isEqualTo(text(URL, genuine));
    assertThat(flaw(URL, victims)).isPresent();
    Map<String, String> another = new TreeMap<>(genuine);
    another.remove("NumMedia");
    another.put("MessageSid", SID + "NumMedia0");
    assertThat(text(URL, another)).isEqualTo(text(URL, genuine));
    assertThat(flaw(URL, another)).contains(RefusalReason.FIELD_FORM);
    Map<String, String> doubled = new TreeMap<>(genuine);
    assertThat(
            check.flaw(
                new SignedForm(with(doubled, "From", List.of(VICTIM, OWN))),
                Optional.of(SignedString.of(URL, with(doubled, "From", List.of(VICTIM, OWN)))),
                true))
        .contains(RefusalReason.MOVED_BORDERS);
  }

  private static Map<String, List<String>> with(
      Map<String, String> fields, String name, List<String> values) {
    Map<String, List<String>> lists = lists(fields);
    lists.put(name, values);
    return lists;
  }

  /** 1 if the cut has the same signature. */
  private int refuseOrSame(
      String url, String text, Map<String, String> cut, Map<String, String> genuine) {
    if (cut == null || cut.equals(genuine)) {
      return 0;
    }
    SignedForm form = form(cut);
    SignedString signed = SignedString.of(url, form.fields());
    if (!signed.text().equals(text)) {
      return 0;
    }
    if (IncomingSms.isIn(form) && check.flaw(form, Optional.of(signed), true).isEmpty()) {
      IncomingSms taken = IncomingSms.of(form).orElseThrow();
      IncomingSms was = IncomingSms.of(form(genuine)).orElseThrow();
      assertThat(List.of(taken.key(), taken.person(), taken.ours()))
          .as("%s of %s", cut, genuine)
          .isEqualTo(List.of(was.key(), was.person(), was.ours()));
    }
    return 1;
  }

  private Optional<RefusalReason> flaw(String url, Map<String, String> fields) {
    SignedForm form = form(fields);
    return check.flaw(
        form, Optional.of(SignedString.of(url, form.fields())), IncomingSms.isIn(form));
  }

  /** Every combination of 12 borders for some words; for the others the random cuts add more. */
  private static int borders(Map<String, String> genuine) {
    boolean all = ALL_BORDERS.stream().anyMatch(genuine::containsValue);
    return Math.min(genuine.size() - 1, all ? 12 : 8);
  }

  private interface Cut {
    void is(Map<String, String> fields);
  }

  /** Each of the first borders between two fields is left out, in every combination. */
  private static void merges(Map<String, String> genuine, int borders, Cut cut) {
    List<Map.Entry<String, String>> fields = new ArrayList<>(genuine.entrySet());
    for (int left = 1; left < 1 << borders; left++) {
      Map<String, String> merged = new LinkedHashMap<>();
      String name = fields.get(0).getKey();
      StringBuilder value = new StringBuilder(fields.get(0).getValue());
      for (int i = 1; i < fields.size(); i++) {
        if (i <= borders && (left >> (i - 1) & 1) == 1) {
          value.append(fields.get(i).getKey()).append(fields.get(i).getValue());
        } else {
          merged.put(name, value.toString());
          name = fields.get(i).getKey();
          value = new StringBuilder(fields.get(i).getValue());
        }
      }
      merged.put(name, value.toString());
      cut.is(merged);
    }
  }

  private static final List<String> KNOWN =
      Arrays.asList(
          "AccountSid",
          "Address",
          "ApiVersion",
          "Author",
          "Body",
          "ConversationSid",
          "EventType",
          "From",
          "FromAx",
          "FromCity",
          "FromCountry",
          "FromZip",
          "Label",
          "Latitude",
          "Longitude",
          "MessageSid",
          "MessagingServiceSid",
          "NumMedia",
          "NumSegments",
          "ProfileName",
          "SmsMessageSid",
          "SmsSid",
          "SmsStatus",
          "Source",
          "To",
          "ToCity",
          "ToCountry",
          "ToZip",
          "WaId",
          "Zebra");

  /** A random cut that begins with a field at {@code start}, mostly at names that are known. */
  private static Map<String, String> cut(
      String text, NavigableMap<Integer, String> known, int start, Random random) {
    Map<String, String> fields = new LinkedHashMap<>();
    int at = start;
    String last = "";
    while (at < text.length()) {
      String name = known.get(at);
      if (name == null || random.nextInt(10) == 0) {
        name = text.substring(at, Math.min(text.length(), at + 1 + random.nextInt(60)));
      }
      if (name.compareTo(last) <= 0) {
        return null;
      }
      int value = at + name.length();
      int end = random.nextInt(12) == 0 ? value + random.nextInt(text.length() - value + 1) : -1;
      Integer border = known.ceilingKey(value);
      while (end < 0 && border != null) {
        if (known.get(border).compareTo(name) > 0 && random.nextInt(3) > 0) {
          end = border;
        }
        border = known.higherKey(border);
      }
      end = end < 0 ? text.length() : end;
      fields.put(name, text.substring(value, end));
      last = name;
      at = end;
    }
    return fields;
  }

  /** Where names that are known begin, the longest at each place. */
  private static NavigableMap<Integer, String> known(String text) {
    NavigableMap<Integer, String> places = new TreeMap<>();
    for (String name : KNOWN) {
      for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        places.merge(at, name, (one, other) -> one.length() > other.length() ? one : other);
      }
    }
    return places;
  }

  private static String text(String url, Map<String, String> fields) {
    return SignedString.of(url, lists(fields)).text();
  }

  private static SignedForm form(Map<String, String> fields) {
    return new SignedForm(lists(fields));
  }

  private static Map<String, List<String>> lists(Map<String, String> fields) {
    Map<String, List<String>> lists = new TreeMap<>();
    fields.forEach((name, value) -> lists.put(name, List.of(value)));
    return lists;
  }
}
