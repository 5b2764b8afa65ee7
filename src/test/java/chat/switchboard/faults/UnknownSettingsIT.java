package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged service stops at a setting that it does not know, and names the setting. */
class UnknownSettingsIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "switchboard.unknown",
        "switchboard.inbox.unknown",
        "switchboard.numbers.\"+15550001\".unknown"
      })
  void an_unknown_setting_stops_the_start_with_its_name(String name) throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    assertThat(stopped("-D" + name + "=1"))
        .contains("SRCFG00050: " + name + " in SysPropConfigSource does not map to any root");
  }

  @Test
  void the_old_name_of_a_setting_stops_the_start_with_the_new_name() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    assertThat(stopped("-Dswitchboard.stream.vanished=1s"))
        .contains(
            "The setting switchboard.stream.vanished (SWITCHBOARD_STREAM_VANISHED) in"
                + " SysPropConfigSource is now called switchboard.stream.tcp-user-timeout"
                + " (SWITCHBOARD_STREAM_TCP_USER_TIMEOUT).");
  }

  /** Returns the output of a process that starts with these options and stops by itself. */
  static String stopped(String... options) throws IOException, InterruptedException {
    Path log = Files.createTempFile(Path.of("target"), "unknown", ".log");
    Process process =
        new ProcessBuilder(Replica.command(List.of(options)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("The process has ended").isTrue();
      assertThat(process.exitValue()).isNotZero();
      return Files.readString(log);
    } finally {
      process.destroyForcibly();
    }
  }
}
