package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a virus scanner about a file: one HTTP POST with the bytes. No file passes without the
 * scanner's consent, where a scanner is configured.
 */
final class MediaScan {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final HttpClient client;
  private final Optional<String> url;

  MediaScan(Vertx vertx, HttpClient client, Optional<String> url) {
    this.vertx = vertx;
    this.client = client;
    this.url = url.map(String::strip).filter(address -> !address.isEmpty());
  }

  /** What the scanner says. */
  enum Verdict {
    CLEAN,
    REFUSED,
    /** The scanner gave no answer that can be read. */
    UNKNOWN
  }

  /**
   * Sends the file to the scanner. Status 2xx means that the file is clean; 403, 406, 409 and 422
   * mean that it is not.
   */
  Uni<Verdict> scan(Path path, long length) {
    if (url.isEmpty()) {
      return Uni.createFrom().item(Verdict.CLEAN);
    }
    return MediaSpool.uni(
            vertx.fileSystem().open(path.toString(), new OpenOptions().setWrite(false)))
        .chain(
            file ->
                ask(file, length)
                    .eventually(() -> MediaSpool.uni(file.close()).onFailure().recoverWithNull()))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(Verdict.UNKNOWN)
        .onFailure()
        .recoverWithItem(Verdict.UNKNOWN);
  }

  private Uni<Verdict> ask(AsyncFile file, long length) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url.orElseThrow())
            .setTimeout(PATIENCE.toMillis())
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
            .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    return MediaSpool.uni(client.request(request))
        .chain(
            call ->
                MediaSpool.uni(call.send(file))
                    .map(answer -> verdict(answer.statusCode()))
                    .eventually((Runnable) () -> end(call)));
  }

  /** The body of the answer is not read. */
  private static void end(HttpClientRequest call) {
    call.reset();
  }

  private static Verdict verdict(int status) {
    return switch (status) {
      case 403, 406, 409, 422 -> Verdict.REFUSED;
      default -> status / 100 == 2 ? Verdict.CLEAN : Verdict.UNKNOWN;
    };
  }
}
