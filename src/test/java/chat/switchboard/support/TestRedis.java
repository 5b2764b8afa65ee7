package chat.switchboard.support;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A Redis server of the machine's own package, which a test kills, freezes and empties. */
public final class TestRedis implements AutoCloseable {

  private static final boolean IS_INSTALLED =
      List.of("redis-server", "redis-cli").stream().allMatch(TestRedis::isOnPath);

  private final int port;
  private final Path directory;
  private final List<String> file;
  private final List<String> options;
  private Process process;

  private TestRedis(int port, List<String> file, List<String> options) throws IOException {
    this.port = port;
    this.file = file;
    this.options = options;
    this.directory = Files.createTempDirectory(Path.of("target"), "redis");
  }

  /** Starts a server that keeps nothing on the disk; skips the test where there is no Redis. */
  public static TestRedis start(String... options) {
    List<String> all = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
    all.addAll(List.of(options));
    return started(List.of(), all);
  }

  /** Starts a sentinel with this file of its configuration. */
  public static TestRedis start(Path sentinel) {
    return started(List.of(sentinel.toString()), List.of("--sentinel"));
  }

  private static TestRedis started(List<String> file, List<String> options) {
    if (!IS_INSTALLED) {
      abort("redis-server is not installed: apt-get install redis-server");
    }
    try {
      TestRedis redis = new TestRedis(FreePort.next(), file, options);
      redis.restart();
      return redis;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean isOnPath(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  public int port() {
    return port;
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts the server, empty, after {@link #kill}. */
  public void restart() {
    List<String> command = new ArrayList<>(List.of("redis-server"));
    command.addAll(file);
    command.addAll(List.of("--bind", "127.0.0.1", "--port", String.valueOf(port)));
    command.addAll(options);
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Awaitility.await().until(() -> answers(cli("PING")));
  }

  private static boolean answers(String pong) {
    return pong.contains("PONG") || pong.contains("NOAUTH");
  }

  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the process without closing its connections, until {@link #thaw}. */
  public void freeze() {
    signal("-STOP");
  }

  public void thaw() {
    signal("-CONT");
  }

  private void signal(String signal) {
    run(List.of("kill", signal, String.valueOf(process.pid())));
  }

  /** Runs a command as the default user. */
  public String cli(String... command) {
    List<String> all = new ArrayList<>(List.of("redis-cli", "-p", String.valueOf(port)));
    all.addAll(List.of(command));
    return run(all);
  }

  public static String run(List<String> command) {
    try {
      Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
      run.getOutputStream().close();
      String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!run.waitFor(20, TimeUnit.SECONDS)) {
        run.destroyForcibly();
      }
      return output.strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
