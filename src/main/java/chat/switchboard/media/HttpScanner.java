package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;

/**
 * A virus scanner that receives a file by one HTTP POST. Status 2xx means that the file is clean;
 * 403, 406, 409 and 422 mean that the file is refused.
 */
final class HttpScanner implements VirusScanner {

  private final HttpClient client;
  private final String url;
  private final Duration timeout;

  HttpScanner(HttpClient client, String url, Duration timeout) {
    this.client = client;
    this.url = url;
    this.timeout = timeout;
  }

  @Override
  public Uni<Verdict> ask(AsyncFile file, long length) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url)
            .setTimeout(timeout.toMillis())
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
