package chat.switchboard.faults;

import chat.switchboard.support.FreePort;
import chat.switchboard.support.Http;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The packaged service as a process of its own, which can be killed: the executable where the build
 * made one, else the jar.
 */
public final class Replica implements AutoCloseable {

  private static final Path TARGET = Path.of("target");
  private static final Path JAR = TARGET.resolve("quarkus-app/quarkus-run.jar");
  private static final Path EXECUTABLE = executable();

  private static final Duration START = Duration.ofMinutes(4);

  public final int port;
  final Path log;
  private final Process process;

  private Replica(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** Starts it on this database; the options are those of the Java machine. */
  public static Replica start(String mongoUri, String... options) throws IOException {
    return startAt(FreePort.next(), mongoUri, options);
  }

  /** Starts it at this port, as one that is restarted. */
  public static Replica startAt(int port, String mongoUri, String... options) throws IOException {
    List<String> settings = new ArrayList<>(List.of(options));
    settings.add("-Dquarkus.http.port=" + port);
    settings.add("-Dquarkus.http.host=127.0.0.1");
    settings.add("-Dswitchboard.inbox.lease=2s");
    List<String> command = command(settings);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("MONGO_URI", mongoUri);
    builder.environment().put("INTERNAL_API_KEY", TestDatabase.API_KEY);
    builder.environment().put("JWT_SECRET", TestDatabase.JWT_SECRET);
    builder.environment().put("TWILIO_ACCOUNT_SID", Twilio.ACCOUNT);
    builder.environment().put("TWILIO_AUTH_TOKEN", TestDatabase.AUTH_TOKEN);
    builder.environment().put("SWITCHBOARD_PUBLIC_URL", TestDatabase.PUBLIC_URL);
    builder.environment().put("SWITCHBOARD_OWNER", TestDatabase.OWNER_EMAIL);
    Path log = Files.createTempFile(Path.of("target"), "replica", ".log");
    return new Replica(
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), port, log);
  }

  /** Whether there is something to start. */
  public static boolean isPackaged() {
    return EXECUTABLE != null || Files.exists(JAR);
  }

  /** Returns the command that starts the last build of the service. */
  static List<String> command(List<String> settings) {
    return command(EXECUTABLE, settings);
  }

  /**
   * Returns the command that starts the service: an executable accepts system properties and -Xmx,
   * but no options of the Java machine.
   */
  static List<String> command(Path executable, List<String> settings) {
    List<String> command = new ArrayList<>();
    if (executable != null) {
      command.add(executable.toString());
      command.add("-Xmx192m");
      settings.stream().filter(setting -> !setting.startsWith("-XX:")).forEach(command::add);
      return command;
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(settings);
    command.add("-jar");
    command.add(JAR.toString());
    return command;
  }

  private static Path executable() {
    try {
      return executable(TARGET);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The executable that the build wrote there last, as Quarkus's own tests find it; or null. */
  static Path executable(Path target) throws IOException {
    Path artifact = target.resolve("quarkus-artifact.properties");
    if (!Files.exists(artifact)) {
      return null;
    }
    Properties built = new Properties();
    try (Reader reader = Files.newBufferedReader(artifact)) {
      built.load(reader);
    }
    boolean isNative = "native".equals(built.getProperty("type"));
    return isNative ? target.resolve(built.getProperty("path")).toAbsolutePath() : null;
  }

  /** The most memory that the process has had, in KiB; empty where the system does not tell. */
  OptionalLong peakMemory() throws IOException {
    return status("VmHWM:");
  }

  /** The memory that the process has, in KiB; empty where the system does not tell. */
  OptionalLong memory() throws IOException {
    return status("VmRSS:");
  }

  private OptionalLong status(String name) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.exists(status)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }

  /** Ready to take requests. */
  public Replica ready() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IllegalStateException("It died at the start:\n" + Files.readString(log));
      }
      if (health("ready") == 200) {
        return this;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException("It did not become ready:\n" + Files.readString(log));
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** The status of a health address; 0 if there is no answer. */
  public int health(String which) throws InterruptedException {
    try {
      return Http.CLIENT
          .send(
              HttpRequest.newBuilder(URI.create(url("/q/health/" + which)))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException noAnswer) {
      return 0;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP and SIGCONT: it is as if the machine stood still. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  /** Returns the output of the process so far. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** A figure of its metrics, summed over all labels. */
  public double metric(String name) throws IOException, InterruptedException {
    return metric(name, "");
  }

  /** A figure of its metrics, summed over the lines with this label. */
  double metric(String name, String label) throws IOException, InterruptedException {
    return Http.CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(url("/q/metrics")))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** SIGTERM; returns how long it took to end. */
  public Duration stop() throws InterruptedException {
    long begin = System.nanoTime();
    process.destroy();
    process.waitFor(30, TimeUnit.SECONDS);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until it has died of itself. */
  void died() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("It was to die at a fault point, and lives");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
