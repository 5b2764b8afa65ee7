package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.PublicAddresses;
import chat.switchboard.media.AddressPolicy.Admission;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class MediaAddressTest {

  private static final String ACCOUNT = "AC" + "0123456789abcdef".repeat(2);
  private static final String MESSAGE = "MM" + "fedcba9876543210".repeat(2);
  private static final String MEDIA = "ME" + "00112233445566778899aabbccddeeff";
  private static final String PATH =
      "/2010-04-01/Accounts/" + ACCOUNT + "/Messages/" + MESSAGE + "/Media/" + MEDIA;
  private static final TwilioMedia TWILIO =
      TwilioMedia.ofMessage(ACCOUNT, MESSAGE, Optional.empty());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "photo.jpg",
        "//api.twilio.com/x",
        "http://api.twilio.com/x",
        "ftp://api.twilio.com/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:api.twilio.com/x",
        "https:///x",
        "https://",
        "https://user@api.twilio.com/x",
        "https://user:secret@api.twilio.com/x",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example\\@api.twilio.com/x",
        "https://evil.example\\.api.twilio.com/x",
        "https://api.twilio.com\\@evil.example/x",
        "https://api.twilio.com:444/x",
        "https://api.twilio.com:80/x",
        "https://api.twilio.com:0/x",
        "https://api.twilio.com:99999/x",
        "https://api.twilio.com:/x",
        "https://api.twilio.com:443:443/x",
        "https://api.twilio.com./x",
        "https://.api.twilio.com/x",
        "https://api..twilio.com/x",
        "https://-api.twilio.com/x",
        "https://api-.twilio.com/x",
        "https://api%2etwilio.com/x",
        "https://%61pi.twilio.com/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0177.0.0.1/x",
        "https://0x7f.0.0.1/x",
        "https://0x7f000001/x",
        "https://127.0.0.0x1/x",
        "https://example.0x1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://localhost/x",
        "https://intranet/x",
        "https://api.twilіo.com/x",
        "https://ⓐpi.twilio.com/x",
        "https://１２７.0.0.1/x",
        "https://api。twilio.com/x",
        "https://api.twilio.com/a b",
        "https://api.twilio.com/a\r\nX-Header: 1",
        "https://api.twilio.com/a\tb",
        "https://api.twilio.com/%",
        "https://api.twilio.com/%zz",
        "https://api.twilio.com/\\x",
        "https://api.twilio.com/ü",
        " https://api.twilio.com/x",
      })
  void an_address_in_another_spelling_is_refused(String address) {
    assertThat(MediaAddress.https(address)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.twilio.com, /",
    "https://API.Twilio.com/x, /x",
    "HTTPS://api.twilio.com/x?y=%20z, /x?y=%20z",
    "https://api.twilio.com:443/x, /x",
    "https://api.twilio.com/x#fragment, /x",
    "https://api.twilio.com?x=1, /?x=1",
    "https://api.twilio.com/x@y, /x@y",
  })
  void an_ordinary_address_is_read(String address, String path) {
    assertThat(MediaAddress.https(address))
        .contains(new MediaAddress("https", "api.twilio.com", 443, path));
  }

  @Test
  void an_address_in_punycode_is_read_and_a_long_one_is_not() {
    assertThat(MediaAddress.https("https://xn--bcher-kva.example/x")).isPresent();
    assertThat(MediaAddress.https("https://example.xn--p1ai/x")).isPresent();
    assertThat(MediaAddress.https("https://example.com/" + "x".repeat(2_048))).isEmpty();
    assertThat(MediaAddress.https(("https://" + "a.".repeat(127) + "com/"))).isEmpty();
    assertThat(MediaAddress.https("https://" + "a".repeat(64) + ".com/")).isEmpty();
    assertThat(MediaAddress.https(null)).isEmpty();
  }

  @Test
  void the_printed_form_has_no_path() {
    assertThat(MediaAddress.https("https://cdn.example.com/a?signature=secret").orElseThrow())
        .hasToString("https://cdn.example.com/…");
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.twilio.com, true",
    "https://api.dublin.ie1.twilio.com, true",
    "https://api.sydney.au1.twilio.com:443, true",
    "https://api.ie1.twilio.com, false",
    "https://media.twiliocdn.com, false",
    "https://api.twilio.com.evil.example, false",
    "https://evil-api.twilio.com, false",
    "https://evil.example#@api.twilio.com, false",
    "https://evil.example?@api.twilio.com, false",
    "https://apiXtwilio.com, false",
    "https://a.b.c.api.twilio.com, false",
    "https://api.a.b.c.twilio.com, false",
  })
  void the_first_request_goes_to_an_api_host_of_twilio(String origin, boolean isAdmitted) {
    assertThat(first(origin + PATH))
        .isEqualTo(isAdmitted ? Admission.PUBLIC_ONLY_WITH_CREDENTIALS : Admission.REFUSED);
  }

  @Test
  void the_path_has_our_account_and_this_message() {
    String other = "AC" + "1".repeat(32);
    for (String path :
        List.of(
            PATH.replace(ACCOUNT, other),
            PATH.replace(MESSAGE, "MM" + "1".repeat(32)),
            PATH.replace(MEDIA, "ME1"),
            PATH + "/",
            PATH + ".json",
            PATH + "/../../x",
            "/x" + PATH,
            PATH.replace("/Media/", "/Media/../Media/"),
            PATH.replace("/Media/", "/%4dedia/"),
            PATH.replace("/Messages/", "//Messages/"),
            PATH.replace("/Messages/", "/Messages;/"),
            "/2010-04-01/Accounts/" + ACCOUNT + "/Messages.json")) {
      assertThat(first("https://api.twilio.com" + path)).as(path).isEqualTo(Admission.REFUSED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://media.twiliocdn.com/AC1/x, PUBLIC_ONLY",
    "https://mms.twiliocdn.com/x?Expires=1, PUBLIC_ONLY",
    "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x, PUBLIC_ONLY",
    "https://media.us1.twilio.com/x, PUBLIC_ONLY",
    "https://api.twilio.com/x, REFUSED",
    "https://s3.amazonaws.com/x, REFUSED",
    "https://evil.s3-external-1.amazonaws.com/x, REFUSED",
    "https://media.twiliocdn.com.evil.example/x, REFUSED",
    "https://media.evil.twilio.com/x, REFUSED",
    "https://example.com/x, REFUSED",
    "http://media.twiliocdn.com/x, REFUSED",
    "https://media.twiliocdn.com:8443/x, REFUSED",
    "https://169.254.169.254/x, REFUSED",
    "//media.twiliocdn.com/x, MALFORMED",
    "x/y, MALFORMED",
  })
  void a_redirect_goes_to_a_listed_host(String location, String admission) {
    Optional<MediaAddress> target =
        MediaAddress.https("https://api.twilio.com" + PATH).orElseThrow().redirect(location);
    assertThat(target.map(to -> TWILIO.redirect(to).name()).orElse("MALFORMED"))
        .isEqualTo(admission);
  }

  @Test
  void the_configured_api_replaces_twilios_and_only_that_origin_may_be_private() {
    TwilioMedia twilio =
        TwilioMedia.ofMessage(ACCOUNT, MESSAGE, Optional.of("http://127.0.0.1:8089/twilio/"));
    MediaAddress address = twilio.read("https://api.twilio.com" + PATH).orElseThrow();

    assertThat(address).isEqualTo(new MediaAddress("http", "127.0.0.1", 8089, "/twilio" + PATH));
    assertThat(twilio.first(address)).isEqualTo(Admission.CONFIGURED_WITH_CREDENTIALS);
    assertThat(twilio.redirect(address.redirect("/cdn/x").orElseThrow()))
        .isEqualTo(Admission.CONFIGURED);
    assertThat(twilio.redirect(address.redirect("http://127.0.0.1:8090/x").orElseThrow()))
        .isEqualTo(Admission.REFUSED);
    assertThat(twilio.redirect(address.redirect("http://localhost:8089/x").orElseThrow()))
        .isEqualTo(Admission.REFUSED);
    assertThat(twilio.first(address.redirect("/twilio/other").orElseThrow()))
        .isEqualTo(Admission.REFUSED);
    assertThat(twilio.read("https://api.dublin.ie1.twilio.com" + PATH).orElseThrow().host())
        .isEqualTo("api.dublin.ie1.twilio.com");
  }

  @Test
  void files_of_conversations_have_an_address_of_their_own() {
    String service = "IS" + "a".repeat(32);
    TwilioMedia twilio = TwilioMedia.ofConversation(service, Optional.empty());
    String url = TwilioMedia.conversationsUrl(service, MEDIA);

    assertThat(twilio.first(twilio.read(url).orElseThrow()))
        .isEqualTo(Admission.PUBLIC_ONLY_WITH_CREDENTIALS);
    assertThat(twilio.first(twilio.read(url.replace(service, "IS" + "b".repeat(32))).orElseThrow()))
        .isEqualTo(Admission.REFUSED);
    assertThatThrownBy(() -> TwilioMedia.conversationsUrl(service, "ME../../x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TwilioMedia.ofMessage(ACCOUNT, ".*", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "*, https://any.example.org/x, true",
    "*, https://127.0.0.1/x, false",
    "*, http://any.example.org/x, false",
    "cdn.example.org, https://cdn.example.org/x, true",
    "cdn.example.org, https://a.cdn.example.org/x, false",
    "CDN.Example.org, https://cdn.example.org/x, true",
    "*.example.org, https://a.example.org/x, true",
    "*.example.org, https://example.org/x, false",
    "*.example.org, https://evilexample.org/x, false",
    "*., https://example.org/x, false",
  })
  void callers_of_the_api_may_name_hosts_that_the_setting_allows(
      String entry, String url, boolean isAdmitted) {
    Admission admission =
        MediaAddress.https(url)
            .map(new AllowedHosts(List.of(entry))::first)
            .orElse(Admission.REFUSED);
    assertThat(admission).isEqualTo(isAdmitted ? Admission.PUBLIC_ONLY : Admission.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
      })
  void an_address_of_a_special_range_is_not_public(String address) throws Exception {
    assertThat(PublicAddresses.isPublic(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.0.0.1", "169.253.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "198.17.0.1",
        "198.20.0.1", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1", "2a00:1450::1",
      })
  void an_address_beside_the_special_ranges_is_public(String address) throws Exception {
    assertThat(PublicAddresses.isPublic(InetAddress.getByName(address))).isTrue();
  }

  private static Admission first(String url) {
    return TWILIO.read(url).map(TWILIO::first).orElse(Admission.REFUSED);
  }
}
