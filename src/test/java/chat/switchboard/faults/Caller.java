package chat.switchboard.faults;

import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A caller that repeats requests without a response. */
final class Caller {

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** The status of the answer; 0 where there was none. */
  int webhook(Replica replica, Twilio sms) throws InterruptedException {
    return status(
        HttpRequest.newBuilder(URI.create(replica.url(Twilio.WEBHOOK)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", sms.signature())
            .POST(HttpRequest.BodyPublishers.ofString(sms.body())));
  }

  /** The status of the answer; 0 where there was none. */
  int inject(Replica replica, String conversation, String key, String text)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(replica.url("/api/messages/" + conversation + "/external")))
            .header("Content-Type", "application/json")
            .header("X-API-Key", TestDatabase.API_KEY)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"role\":\"external\",\"content\":\"" + text + "\"}"));
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return status(request);
  }

  private int status(HttpRequest.Builder request) throws InterruptedException {
    try {
      return client
          .send(
              request.timeout(Duration.ofSeconds(20)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException noAnswer) {
      return 0;
    }
  }
}
