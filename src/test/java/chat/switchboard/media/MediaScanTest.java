package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.media.VirusScanner.Verdict;
import chat.switchboard.support.FakeClamd;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A virus scanner that is ClamAV's daemon, and the addresses of scanners. */
@Tag("unit")
class MediaScanTest {

  private static final Vertx VERTX = Vertx.vertx();

  /** More than the buffers of the two sockets hold. */
  private static final int LARGE = 12_000_000;

  private static final Duration SHORT = Duration.ofMillis(1_500);

  @TempDir Path folder;
  private final FakeClamd clamd = FakeClamd.start(VERTX);

  @AfterEach
  void close() {
    clamd.close();
  }

  @AfterAll
  static void closeVertx() {
    VERTX.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OK, CLEAN",
    "IN_TWO, CLEAN",
    "FOUND, REFUSED",
    "FOUND_OK, REFUSED",
    "TOO_LARGE, UNKNOWN",
    "ERROR, UNKNOWN",
    "CLOSES_AT_ONCE, UNKNOWN",
    "CLOSES_EARLY, UNKNOWN",
    "SILENT, UNKNOWN",
    "DOES_NOT_READ, UNKNOWN",
    "TRICKLES, UNKNOWN",
    "GARBAGE, UNKNOWN",
    "ENDLESS, UNKNOWN",
    "OK_EARLY, UNKNOWN",
    "CUT, UNKNOWN",
  })
  void each_answer_of_clamd_has_its_verdict(FakeClamd.Mood mood, Verdict verdict)
      throws IOException {
    clamd.mood = mood;
    Duration patience = verdict == Verdict.UNKNOWN ? SHORT : Duration.ofSeconds(50);
    assertThat(scan("clamd://127.0.0.1:" + clamd.port(), LARGE, patience)).isEqualTo(verdict);
    assertThat(clamd.faults()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8_192, 8_193, 65_536, 5_000_000})
  void clamd_gets_the_file_byte_for_byte(int length) throws IOException {
    assertThat(scan("tcp://127.0.0.1:" + clamd.port(), length, Duration.ofSeconds(30)))
        .isEqualTo(Verdict.CLEAN);
    assertThat(clamd.faults()).isEmpty();
    assertThat(clamd.files()).hasSize(1);
    assertThat(clamd.files().get(0)).isEqualTo(content(length));
  }

  @Test
  void a_file_is_not_clean_while_clamd_is_away() throws IOException {
    int port = clamd.port();
    clamd.close();
    assertThat(scan("clamd://127.0.0.1:" + port, 10, SHORT)).isEqualTo(Verdict.UNKNOWN);
    assertThat(scan("clamd://no-such-host.invalid", 10, SHORT)).isEqualTo(Verdict.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:3310",
        "ftp://scanner/x",
        "clamd://",
        "clamd://host:0",
        "clamd://host:70000",
        "clamd://host/path",
        "clamd://host:3310?x",
        "clamd://user:secret@host:3310",
        "http://",
        "https:///scan",
        "http://host with spaces/",
        "/run/clamd.ctl",
      })
  void an_address_of_another_form_is_refused_with_the_name_of_the_setting(String address) {
    assertThatThrownBy(() -> new MediaScan(VERTX, null, Optional.of(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("switchboard.media.scan-url must have the form")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clamd://scanner",
        "tcp://scanner:3310/",
        "clamd://[::1]:3310",
        " http://scanner:8080/scan ",
        "https://user:secret@scanner/scan?x=y",
        " ",
      })
  void addresses_of_the_known_forms_are_accepted(String address) {
    assertThat(new MediaScan(VERTX, VERTX.createHttpClient(), Optional.of(address))).isNotNull();
  }

  private Verdict scan(String url, int length, Duration patience) throws IOException {
    Path file = Files.write(folder.resolve("file"), content(length));
    return new MediaScan(VERTX, VERTX.createHttpClient(), Optional.of(url), patience)
        .scan(file, length)
        .await()
        .atMost(Duration.ofSeconds(60));
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) (i * 31 + i / 251);
    }
    return Arrays.copyOf(content, length);
  }
}
