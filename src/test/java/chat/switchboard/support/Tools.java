package chat.switchboard.support;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs from other registries that a test runs: a folder below {@code src/test} with pinned npm
 * packages ({@code package-lock.json}), Python packages ({@code requirements.txt}) or Go modules
 * ({@code go.sum}), installed below {@code target}.
 */
public final class Tools {

  private Tools() {}

  /**
   * Installs the npm packages of this folder.
   *
   * @return why they are missing; empty if they are there
   */
  public static synchronized Optional<String> npm(String folder) throws IOException {
    return install(
        folder, "node_modules", List.of(List.of("npm", "ci", "--no-audit", "--no-fund")));
  }

  /**
   * Installs the Python packages of this folder into an environment of their own.
   *
   * @return why they are missing; empty if they are there
   */
  public static synchronized Optional<String> python(String folder) throws IOException {
    return install(
        folder,
        "venv",
        List.of(
            List.of("python3", "-m", "venv", "venv"),
            List.of("venv/bin/pip", "install", "--quiet", "-r", "requirements.txt")));
  }

  /** Builds the Go program of this folder, {@code bin/<folder>}. */
  public static synchronized Optional<String> go(String folder) throws IOException {
    return install(folder, "bin", List.of(List.of("go", "build", "-o", "bin/" + folder, ".")));
  }

  /** Whether the machine has this command. */
  public static boolean has(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /** Returns the folder with the files and the installed packages. */
  public static Path home(String folder) {
    return Path.of("target", folder).toAbsolutePath();
  }

  /** Skips the test where its tools are missing; under CI, which installs them, the test fails. */
  public static void need(String test, Optional<String> missing) {
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, " + test + ": " + missing.get());
    }
  }

  /** One process installs; the others wait: test classes run in processes of their own. */
  private static Optional<String> install(String folder, String result, List<List<String>> commands)
      throws IOException {
    Path home = home(folder);
    Files.createDirectories(home);
    try (FileChannel file =
        FileChannel.open(
            home.resolve("install.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.lock();
      return installAlone(folder, home, result, commands);
    }
  }

  private static Optional<String> installAlone(
      String folder, Path home, String result, List<List<String>> commands) throws IOException {
    Path done = home.resolve(result).resolve("installed");
    boolean stale = !Files.exists(done);
    try (Stream<Path> files = Files.list(Path.of("src/test", folder))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = home.resolve(file.getFileName());
        if (!Files.exists(copy) || Files.mismatch(copy, file) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
          stale = true;
        }
      }
    }
    if (!stale) {
      return Optional.empty();
    }
    for (List<String> command : commands) {
      if (!works(home, command)) {
        return Optional.of(String.join(" ", command) + " does not work for src/test/" + folder);
      }
    }
    Files.createDirectories(done.getParent());
    Files.writeString(done, "");
    return Optional.empty();
  }

  private static boolean works(Path home, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("install.log").toFile())
              .start();
      return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
