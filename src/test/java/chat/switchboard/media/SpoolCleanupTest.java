package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class SpoolCleanupTest {

  @Test
  void old_spool_files_are_deleted_and_others_stay(@TempDir Path folder) throws Exception {
    Path old = aged(folder.resolve("switchboard-1.part"), Duration.ofHours(2));
    Path young = aged(folder.resolve("switchboard-2.part"), Duration.ofMinutes(5));
    Path other = aged(folder.resolve("other.part"), Duration.ofHours(2));
    new SpoolCleanup(MediaDatabase.config(), Clock.systemUTC()).clean(folder);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(other).exists();
    new SpoolCleanup(MediaDatabase.config(), Clock.systemUTC()).clean(folder.resolve("missing"));
  }

  private static Path aged(Path file, Duration age) throws Exception {
    Files.writeString(file, "x");
    return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
