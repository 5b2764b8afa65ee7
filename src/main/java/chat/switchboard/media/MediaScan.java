package chat.switchboard.media;

import chat.switchboard.media.VirusScanner.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a virus scanner about a file. No file passes without the scanner's consent, where a scanner
 * is configured.
 */
final class MediaScan {

  static final String SETTING = "switchboard.media.scan-url";

  /** 60 s for a file of 16 MiB: clamd takes some seconds for an archive. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final Set<String> HTTP = Set.of("http", "https");
  private static final Set<String> CLAMD = Set.of("clamd", "tcp");

  private final Vertx vertx;
  private final Optional<VirusScanner> scanner;
  private final Duration timeout;

  /**
   * @param url the setting {@value #SETTING}
   */
  MediaScan(Vertx vertx, HttpClient client, Optional<String> url) {
    this(vertx, client, url, TIMEOUT);
  }

  /**
   * @param timeout for the whole exchange about one file
   */
  MediaScan(Vertx vertx, HttpClient client, Optional<String> url, Duration timeout) {
    this.vertx = vertx;
    this.timeout = timeout;
    this.scanner =
        url.map(String::strip)
            .filter(address -> !address.isEmpty())
            .map(address -> scanner(vertx, client, address, timeout));
  }

  private static VirusScanner scanner(
      Vertx vertx, HttpClient client, String address, Duration timeout) {
    URI uri;
    try {
      uri = URI.create(address);
    } catch (IllegalArgumentException malformed) {
      throw malformed();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw malformed();
    }
    if (HTTP.contains(scheme)) {
      return new HttpScanner(client, address, timeout);
    }
    if (!CLAMD.contains(scheme)
        || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawUserInfo() != null) {
      throw malformed();
    }
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    int port = uri.getPort() < 0 ? ClamdScanner.DEFAULT_PORT : uri.getPort();
    NetClientOptions options =
        new NetClientOptions()
            .setConnectTimeout((int) CONNECT.toMillis())
            .setReconnectAttempts(0)
            .setIdleTimeout((int) timeout.toSeconds() + 1);
    return new ClamdScanner(vertx.createNetClient(options), host, port);
  }

  private static IllegalArgumentException malformed() {
    // The address may hold a password.
    return new IllegalArgumentException(
        SETTING + " must have the form http://host/path, https://host/path or clamd://host:port");
  }

  /** Returns the verdict; {@code UNKNOWN} if the scanner gives none in time. */
  Uni<Verdict> scan(Path path, long length) {
    if (scanner.isEmpty()) {
      return Uni.createFrom().item(Verdict.CLEAN);
    }
    return MediaSpool.uni(
            vertx.fileSystem().open(path.toString(), new OpenOptions().setWrite(false)))
        .chain(
            file ->
                scanner
                    .get()
                    .ask(file, length)
                    .ifNoItem()
                    .after(timeout)
                    .recoverWithItem(Verdict.UNKNOWN)
                    .eventually(() -> MediaSpool.uni(file.close()).onFailure().recoverWithNull()))
        .onFailure()
        .recoverWithItem(Verdict.UNKNOWN);
  }
}
