package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class ReplicaTest {

  @TempDir Path target;

  @Test
  void after_a_native_build_the_tests_start_the_executable() throws Exception {
    built("type=native\npath=switchboard-1-runner\n");
    Path executable = Replica.executable(target);
    assertThat(executable).isEqualTo(target.resolve("switchboard-1-runner").toAbsolutePath());
    assertThat(Replica.command(executable, List.of("-Da=b")))
        .startsWith(executable.toString())
        .contains("-Da=b")
        .noneMatch(word -> word.equals("-jar") || word.startsWith("-XX:Tiered"));
  }

  @Test
  void after_any_other_build_the_tests_start_the_jar() throws Exception {
    assertThat(Replica.executable(target)).isNull();
    for (String type : List.of("jar", "native-sources")) {
      built("type=" + type + "\npath=quarkus-app/quarkus-run.jar\n");
      assertThat(Replica.executable(target)).as(type).isNull();
    }
    assertThat(Replica.command(null, List.of("-Da=b"))).contains("-Da=b", "-jar");
  }

  private void built(String properties) throws Exception {
    Files.writeString(target.resolve("quarkus-artifact.properties"), properties);
  }
}
