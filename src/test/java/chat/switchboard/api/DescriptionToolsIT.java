package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Http;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Tools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The description of the API as tools that others wrote read it: linters, LibreChat's Actions, and
 * generators whose clients then call the packaged service.
 */
class DescriptionToolsIT {

  private static final String FOLDER = "openapi";
  private static final Path HOME = Tools.home(FOLDER);
  private static final int MINUTES = 3;

  private static DatabaseForReplicas database;
  private static Replica service;
  private static String conversation;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to ask it");
    database = new DatabaseForReplicas();
    conversation = database.libreChat.conversation(database.owner);
    service =
        Replica.start(
                database.uri(),
                "-Dswitchboard.twilio.from=+15550001111",
                // No server listens on this port: texts stay queued.
                "-Dswitchboard.twilio.api-url=http://127.0.0.1:9")
            .ready();
    Files.createDirectories(HOME);
    HttpResponse<Path> description =
        Http.CLIENT.send(
            HttpRequest.newBuilder(URI.create(service.url("/q/openapi?format=json"))).build(),
            // The file of an earlier run may be longer.
            HttpResponse.BodyHandlers.ofFile(
                HOME.resolve("openapi.json"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING));
    assertThat(description.statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void redocly_finds_nothing_wrong() throws Exception {
    Tools.need("redocly", Tools.npm(FOLDER));
    run("node_modules/.bin/redocly", "lint", "openapi.json", "--max-problems=100");
  }

  @Test
  void spectral_finds_nothing_wrong() throws Exception {
    Tools.need("spectral", Tools.npm(FOLDER));
    run("node_modules/.bin/spectral", "lint", "openapi.json", "--fail-severity=warn");
  }

  @Test
  void librechat_makes_a_tool_of_each_operation() throws Exception {
    Tools.need("LibreChat's Actions", Tools.npm(FOLDER));
    assertThat(run("node", "actions.mjs", "openapi.json")).contains(" tools");
  }

  @Test
  void a_generated_typescript_client_has_types_for_each_good_answer() throws Exception {
    Tools.need("openapi-typescript", Tools.npm(FOLDER));
    run("node_modules/.bin/openapi-typescript", "openapi.json", "-o", "api.d.ts");
    run("node_modules/.bin/tsc", "-p", ".");
    String said =
        run("node", "built/client.js", service.url(""), TestDatabase.API_KEY, conversation);
    assertThat(said).contains(" answers");
  }

  @Test
  void a_generated_python_client_parses_each_good_answer() throws Exception {
    Tools.need("openapi-python-client", Tools.python(FOLDER));
    String generated =
        run(
            "venv/bin/openapi-python-client",
            "generate",
            "--path",
            "openapi.json",
            "--output-path",
            "switchboard_client",
            "--meta",
            "none",
            "--overwrite",
            "--config",
            "generator.yaml",
            "--fail-on-warning");
    assertThat(generated).doesNotContain("Warning");
    String said =
        run("venv/bin/python", "client.py", service.url(""), TestDatabase.API_KEY, conversation);
    assertThat(said).contains(" answers");
  }

  /** Runs a tool and returns its output; fails with the output if the tool fails. */
  private static String run(String... command) throws IOException, InterruptedException {
    if (command[0].contains("/")) {
      command[0] = HOME.resolve(command[0]).toString();
    }
    Path said = Files.createTempFile(HOME, "run", ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("REDOCLY_TELEMETRY", "off");
    builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    Process process =
        builder
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    String output = Files.readString(said, StandardCharsets.UTF_8);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended && process.exitValue() == 0).as(output).isTrue();
    Files.delete(said);
    return output;
  }
}
