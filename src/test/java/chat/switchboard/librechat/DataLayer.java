package chat.switchboard.librechat;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import chat.switchboard.support.TestDatabase;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** LibreChat's own published data layer, run with the machine's node. */
enum DataLayer {
  /** The oldest release of it that the README names. */
  OLDEST("oldest/"),
  /** The newest one. */
  NEWEST("");

  private static final Path SOURCE = Path.of("src/test/contract");

  private final Path home;

  /** By its name, where each file is that the program needs. */
  private final Map<String, String> files;

  DataLayer(String packages) {
    this.home = Path.of("target/contract", name().toLowerCase(Locale.ROOT));
    this.files =
        Map.of(
            "package.json", packages + "package.json",
            "package-lock.json", packages + "package-lock.json",
            "librechat.mjs", "librechat.mjs");
  }

  /** The version that is pinned, such as {@code 0.0.71}. */
  String version() {
    return JsonPath.from(SOURCE.resolve(files.get("package.json")).toFile())
        .getString("dependencies.'@librechat/data-schemas'");
  }

  /** Why it cannot be had here; empty if it is ready. */
  Optional<String> unavailable() throws IOException, InterruptedException {
    if (!works(List.of("node", "--version"))) {
      return Optional.of("there is no node on this machine");
    }
    Files.createDirectories(home);
    boolean stale = !Files.exists(home.resolve("node_modules"));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path copy = home.resolve(file.getKey());
      Path source = SOURCE.resolve(file.getValue());
      byte[] wanted = Files.readAllBytes(source);
      if (!Files.exists(copy) || !Arrays.equals(Files.readAllBytes(copy), wanted)) {
        Files.copy(source, copy, REPLACE_EXISTING);
        stale = true;
      }
    }
    if (stale && !works(List.of("npm", "ci", "--no-audit", "--no-fund"))) {
      return Optional.of("npm could not install LibreChat's data layer " + version());
    }
    return Optional.empty();
  }

  private boolean works(List<String> command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Files.isDirectory(home) ? home.toFile() : null)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /** Runs a command of the program and returns its output. */
  JsonPath run(String command, String arguments) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("node", "librechat.mjs", TestDatabase.uri(), command, arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(line).directory(home.toFile());
      builder.environment().put("JWT_SECRET", TestDatabase.JWT_SECRET);
      Path errors = Files.createTempFile(home.toAbsolutePath(), "stderr", ".log");
      Process process = builder.redirectError(errors.toFile()).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(version() + " " + command + ": " + Files.readString(errors));
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
