package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published test vectors. */
@Tag("unit")
class DigestsTest {

  private static final HexFormat HEX = HexFormat.of();

  /** FIPS 180-4's examples, and a text that is not ASCII. */
  @ParameterizedTest
  @CsvSource({
    "'',e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc,ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq,"
        + "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    "Grüße,f83e039796c6453a10f5519e39fd113901572316a1a8ea07cb525d2801dfd074"
  })
  void sha_256_of_a_text_is_that_of_its_utf_8_bytes(String text, String hash) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Digests.sha256Hex(text)).isEqualTo(hash);
    assertThat(Digests.sha256Hex(bytes)).isEqualTo(hash);
    assertThat(Digests.sha256(text)).isEqualTo(HEX.parseHex(hash));
    assertThat(Digests.sha256(bytes)).isEqualTo(HEX.parseHex(hash));
  }

  /** RFC 4231, test case 2. */
  @Test
  void hmac_sha_256_is_that_of_rfc_4231() {
    assertThat(Digests.hmacSha256("Jefe", "what do ya want for nothing?"))
        .isEqualTo(
            HEX.parseHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  }

  /** RFC 2202, test cases 2 and 6 (a key that is longer than a block). */
  @Test
  void hmac_sha_1_is_that_of_rfc_2202() {
    assertThat(
            Digests.hmacSha1(
                "Jefe".getBytes(StandardCharsets.UTF_8),
                "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(HEX.parseHex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
    byte[] key = new byte[80];
    java.util.Arrays.fill(key, (byte) 0xaa);
    assertThat(
            Digests.hmacSha1(
                key,
                "Test Using Larger Than Block-Size Key - Hash Key First"
                    .getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(HEX.parseHex("aa4ae5e15272d00e95705637ce8a3b55ed402112"));
  }
}
