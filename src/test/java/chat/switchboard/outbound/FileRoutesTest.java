package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.address.Channel;
import chat.switchboard.outbound.FileRoutes.Facts;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files the carrier delivers, and which become links. */
@Tag("unit")
class FileRoutesTest {

  @ParameterizedTest
  @CsvSource({
    // channel, both numbers have MMS, the message has words, type, bytes, route
    "SMS, true, true, image/jpeg, 5000000, MEDIA",
    "SMS, true, true, image/jpeg, 5000001, LINK",
    "SMS, true, false, image/png, 1, MEDIA",
    "SMS, true, true, image/gif, 4999999, MEDIA",
    "SMS, false, true, image/jpeg, 1000, LINK",
    "SMS, false, false, image/jpeg, 1000, LINK",
    "SMS, true, true, application/pdf, 500000, MEDIA",
    "SMS, true, true, application/pdf, 500001, LINK",
    "SMS, true, true, text/vcard, 700, MEDIA",
    "SMS, true, true, audio/ogg, 90000, MEDIA",
    "SMS, true, true, image/heic, 400000, MEDIA",
    "SMS, true, true, image/heic, 2000000, LINK",
    "SMS, true, true, image/webp, 1000, LINK",
    "SMS, true, true, image/avif, 1000, LINK",
    "SMS, true, true, image/svg+xml, 1000, LINK",
    "SMS, true, true, text/html, 1000, LINK",
    "SMS, true, true, application/zip, 1000, LINK",
    "SMS, true, true, application/octet-stream, 1000, LINK",
    "SMS, true, true, text/plain, 1000, LINK",
    "WHATSAPP, false, true, image/jpeg, 5000000, MEDIA",
    "WHATSAPP, false, true, image/png, 5000001, LINK",
    "WHATSAPP, false, true, image/gif, 1000, LINK",
    "WHATSAPP, false, false, image/webp, 1000, LINK",
    "WHATSAPP, false, true, video/mp4, 16000000, MEDIA",
    "WHATSAPP, false, false, video/mp4, 16000001, LINK",
    "WHATSAPP, false, false, application/pdf, 16000000, MEDIA",
    // WhatsApp drops words beside a document or a voice note.
    "WHATSAPP, false, true, application/pdf, 1000, LINK",
    "WHATSAPP, false, true, audio/ogg, 1000, LINK",
    "WHATSAPP, false, false, audio/ogg, 1000, MEDIA",
    "WHATSAPP, false, false, text/vcard, 1000, MEDIA",
    "WHATSAPP, false, false, application/zip, 1000, LINK",
    "RCS, false, true, image/png, 5000000, MEDIA",
    "RCS, false, true, image/png, 5000001, LINK",
    "RCS, false, true, image/webp, 1000, LINK",
    "MESSENGER, true, true, image/png, 1000, LINK",
  })
  void the_carrier_delivers_what_the_channel_takes(
      Channel channel, boolean mms, boolean words, String type, long bytes, FileRoute route) {
    assertThat(FileRoutes.of(channel, mms, words, List.of(new Facts(type, bytes))))
        .containsExactly(route);
  }

  @ParameterizedTest
  @CsvSource({
    "2000000 2000000 1000000, MEDIA MEDIA MEDIA",
    "2000000 2000000 1000001, MEDIA MEDIA LINK",
    // A smaller one behind the one that is too much still fits.
    "4000000 2000000 1000000, MEDIA LINK MEDIA",
    "6000000 1000, LINK MEDIA",
  })
  void an_mms_has_five_megabytes_in_all(String bytes, String routes) {
    List<Facts> files =
        Arrays.stream(bytes.split(" "))
            .map(size -> new Facts("image/jpeg", Long.parseLong(size)))
            .toList();
    assertThat(FileRoutes.of(Channel.SMS, true, true, files))
        .containsExactlyElementsOf(
            Arrays.stream(routes.split(" ")).map(FileRoute::valueOf).toList());
  }

  @Test
  void a_message_of_whatsapp_and_of_rcs_has_one_file() {
    List<Facts> two = List.of(new Facts("image/png", 10), new Facts("image/png", 10));
    for (Channel channel : List.of(Channel.WHATSAPP, Channel.RCS)) {
      assertThat(FileRoutes.perMessage(channel)).isEqualTo(1);
      assertThat(FileRoutes.of(channel, false, true, two))
          .containsExactly(FileRoute.MEDIA, FileRoute.LINK);
    }
  }
}
