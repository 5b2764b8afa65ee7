package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class VCardTest {

  static Stream<Arguments> cards() {
    return Stream.of(
        card("FN:Anna Müller\nTEL:+49 30 123456", "Anna Müller: +49 30 123456"),
        card(
            "N:Gump;Forrest;;Mr.;\nTEL;TYPE=cell:(111) 555-1212\nEMAIL:f@example.com",
            "Mr. Forrest Gump: (111) 555-1212, f@example.com"),
        card("FN:山田 太郎\nORG:株式会社;営業部\nTEL:03", "山田 太郎 (株式会社, 営業部): 03"),
        card("FN:علي\nTEL;VALUE=uri:tel:+966-50-1", "علي: +966-50-1"),
        card("ORG:Only Inc.\nTEL:1\nTEL:1\nTEL:2", "Only Inc.: 1, 2"),
        card("FN:Long na\n me folded\n\t twice\nTEL:1", "Long name folded twice: 1"),
        card(
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=90=D0=BD=D0=\n=BD=D0=B0\nTEL;CELL:7",
            "Анна: 7"),
        card("FN;QUOTED-PRINTABLE:J=FCrgen\nTEL:8", "Jürgen: 8"),
        card("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1251:=C0=ED=ED=E0\nTEL:9", "Анна: 9"),
        card("FN;CHARSET=no-such-set;ENCODING=QUOTED-PRINTABLE:=41\nTEL:9", "A: 9"),
        card("item1.FN:Grouped\nitem1.TEL;type=\"a:b\":5", "Grouped: 5"),
        card("FN:A\\, B\\; C\\nD\nTEL:5", "A, B; C D: 5"),
        card("TEL:+1", "+1"),
        card("FN:Only a name", "Only a name"),
        card("FN:\u202Eevil\u0007\nTEL:1", "evil : 1".replace(" :", ":")),
        card("FN:" + "ж".repeat(500), "ж".repeat(119) + "…"),
        card("PHOTO;ENCODING=b:AAAA\n AAAA\nFN:Last\nTEL:1", "Last: 1"));
  }

  private static Arguments card(String content, String line) {
    return Arguments.of(content, line);
  }

  @ParameterizedTest
  @MethodSource("cards")
  void a_card_becomes_one_line(String content, String line) {
    String card = "BEGIN:VCARD\nVERSION:3.0\n" + content + "\nEND:VCARD\n";
    assertThat(VCard.lines(card.getBytes(StandardCharsets.UTF_8))).containsExactly(line);
    assertThat(VCard.lines(card.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)))
        .containsExactly(line);
  }

  @Test
  void cards_in_other_encodings_are_read() {
    String card = "BEGIN:VCARD\nFN:Jürgen\nTEL:1\nEND:VCARD";
    for (Charset charset :
        new Charset[] {
          StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16
        }) {
      assertThat(VCard.lines(card.getBytes(charset))).containsExactly("Jürgen: 1");
    }
    assertThat(VCard.lines(("\uFEFF" + card).getBytes(StandardCharsets.UTF_8)))
        .containsExactly("Jürgen: 1");
  }

  @Test
  void the_number_of_contacts_and_of_values_is_bounded() {
    String card = "BEGIN:VCARD\nFN:x\n" + "TEL:1\n".repeat(3) + "END:VCARD\n";
    assertThat(VCard.lines(card.repeat(1_000).getBytes(StandardCharsets.UTF_8))).hasSize(20);
    StringBuilder many = new StringBuilder("BEGIN:VCARD\nFN:x\n");
    for (int i = 0; i < 1_000; i++) {
      many.append("TEL:").append(i).append('\n');
    }
    assertThat(VCard.lines(many.toString().getBytes(StandardCharsets.UTF_8)))
        .containsExactly("x: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  }

  @Test
  void anything_is_read_without_a_failure_and_at_once() {
    Random random = new Random(5);
    byte[] base =
        "BEGIN:VCARD\r\nFN;ENCODING=QUOTED-PRINTABLE:=D0=90=\r\n=D0\r\nTEL:1\r\n :\"\\\r\nEND:VCARD"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 2_000; i++) {
      byte[] broken = Arrays.copyOf(base, random.nextInt(base.length + 1));
      for (int j = 0; j < 4 && broken.length > 0; j++) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      VCard.lines(broken);
    }
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          VCard.lines(("BEGIN:VCARD\nFN:" + "\n x".repeat(200_000)).getBytes());
          VCard.lines(("BEGIN:VCARD\nFN;QUOTED-PRINTABLE:" + "=\n".repeat(200_000)).getBytes());
          VCard.lines("\\".repeat(1_000_000).getBytes());
          VCard.lines(("BEGIN:VCARD\nN:" + "\\;".repeat(100_000)).getBytes());
        });
  }
}
