package chat.switchboard.librechat;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import chat.switchboard.support.TestDatabase;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** LibreChat's own published data layer, run with the machine's node. */
final class DataLayer {

  private static final Path SOURCE = Path.of("src/test/contract");
  private static final Path HOME = Path.of("target/contract");

  private DataLayer() {}

  /** Why it cannot be had here; empty if it is ready. */
  static Optional<String> unavailable() throws IOException, InterruptedException {
    if (!works(List.of("node", "--version"))) {
      return Optional.of("there is no node on this machine");
    }
    Files.createDirectories(HOME);
    boolean stale = false;
    for (String file : List.of("package.json", "package-lock.json", "librechat.mjs")) {
      Path copy = HOME.resolve(file);
      byte[] wanted = Files.readAllBytes(SOURCE.resolve(file));
      if (!Files.exists(copy) || !java.util.Arrays.equals(Files.readAllBytes(copy), wanted)) {
        Files.copy(SOURCE.resolve(file), copy, REPLACE_EXISTING);
        stale = true;
      }
    }
    if ((stale || !Files.exists(HOME.resolve("node_modules")))
        && !works(List.of("npm", "ci", "--no-audit", "--no-fund"))) {
      return Optional.of("npm could not install LibreChat's data layer");
    }
    return Optional.empty();
  }

  private static boolean works(List<String> command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Files.isDirectory(HOME) ? HOME.toFile() : null)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /** Runs one of the program's commands and returns what it prints. */
  static JsonPath run(String command, String arguments) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("node", "librechat.mjs", TestDatabase.uri(), command, arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(line).directory(HOME.toFile());
      builder.environment().put("JWT_SECRET", TestDatabase.JWT_SECRET);
      Path errors = Files.createTempFile(HOME.toAbsolutePath(), "stderr", ".log");
      Process process = builder.redirectError(errors.toFile()).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + Files.readString(errors));
      }
      Files.delete(errors);
      return JsonPath.from(printed);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
