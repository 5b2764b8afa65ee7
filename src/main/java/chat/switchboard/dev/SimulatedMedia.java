package chat.switchboard.dev;

import chat.switchboard.dev.SamplePictures.Sample;
import io.quarkus.arc.profile.IfBuildProfile;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Dev mode's replacement of Twilio's media: it serves what simulated phones send, with the
 * credentials of the account as Twilio does, and looks at what Switchboard sends, by a request to
 * this service alone.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class SimulatedMedia {

  private static final String ROOT = PhoneSimulator.ROOT;

  private static final String MEDIA =
      ROOT + "twilio/2010-04-01/Accounts/:account/Messages/:message/Media/:media";

  /** What Twilio puts into a webhook, however the service is told to reach Twilio. */
  private static final String API = "https://api.twilio.com/2010-04-01/Accounts/";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client;

  SimulatedMedia(Vertx vertx) {
    this.client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(4));
  }

  @PreDestroy
  void close() {
    client.close();
  }

  void mount(@Observes Router router) {
    router
        .get(ROOT + "samples/:name")
        .handler(
            request -> send(request, SamplePictures.named(request.pathParam("name")), "samples"));
    router
        .get(MEDIA)
        .handler(
            request -> {
              if (request.request().getHeader(HttpHeaders.AUTHORIZATION) == null) {
                PhoneSimulator.answer(request, 401, new JsonObject().put("code", 20003));
                return;
              }
              send(request, SamplePictures.ofMediaSid(request.pathParam("media")), "media");
            });
  }

  private static void send(RoutingContext request, Optional<Sample> sample, String what) {
    if (sample.isEmpty()) {
      PhoneSimulator.answer(request, 404, new JsonObject().put("error", "No such " + what));
      return;
    }
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, sample.get().type())
        .putHeader("Content-Disposition", "inline; filename=\"" + sample.get().name() + "\"")
        .end(io.vertx.core.buffer.Buffer.buffer(sample.get().bytes()));
  }

  /** The address of a sample in a webhook. */
  static String url(String account, String messageSid, Sample sample) {
    return API
        + account
        + "/Messages/"
        + messageSid
        + "/Media/"
        + SamplePictures.mediaSid(sample, ThreadLocalRandom.current().nextInt());
  }

  /**
   * Looks at a file that goes out, as Twilio does before it takes the file.
   *
   * @param url of the file, whose host is not called: no request leaves this machine
   * @param port of this service
   * @return the file for the phone: {@code path}, {@code type}, {@code bytes} or {@code error}
   */
  Uni<JsonObject> look(String url, int port) {
    String path;
    try {
      path = URI.create(url).getRawPath();
    } catch (IllegalArgumentException malformed) {
      return Uni.createFrom().item(new JsonObject().put("error", "The address is malformed"));
    }
    RequestOptions head =
        new RequestOptions()
            .setMethod(HttpMethod.HEAD)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path)
            .setTimeout(TIMEOUT.toMillis());
    return Uni.createFrom()
        .completionStage(
            () -> client.request(head).compose(request -> request.send()).toCompletionStage())
        .map(
            answer ->
                answer.statusCode() == 200
                    ? new JsonObject()
                        .put("path", path)
                        .put("type", answer.getHeader(HttpHeaders.CONTENT_TYPE))
                        .put("bytes", answer.getHeader(HttpHeaders.CONTENT_LENGTH))
                    : new JsonObject().put("error", "Status " + answer.statusCode()))
        .onFailure()
        .recoverWithItem(
            failure -> new JsonObject().put("error", failure.getClass().getSimpleName()));
  }
}
