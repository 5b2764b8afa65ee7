package chat.switchboard.support;

import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A browser that listens to the stream. */
public final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String CONNECTED = "connected";

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<Event> openings = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private final HttpResponse<InputStream> response;
  private volatile String retry;
  private volatile String lastId;
  private volatile boolean ended;

  /** An event as it came. */
  public record Event(String id, String name, String data) {
    public JsonPath json() {
      return JsonPath.from(data);
    }
  }

  private Browser(HttpRequest request) {
    try {
      response =
          HttpClient.newBuilder()
              .version(request.version().orElse(HttpClient.Version.HTTP_1_1))
              .build()
              .send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
    Thread reader = new Thread(this::read, "browser");
    reader.setDaemon(true);
    reader.start();
  }

  /** Opens the stream with the token in the query, as EventSource must. */
  public static Browser open(String token) {
    return get("?token=" + token);
  }

  public static Browser get(String query, String... headers) {
    return at(RestAssured.baseURI + ":" + RestAssured.port, query, headers);
  }

  /** Over HTTP/2, from the first byte or by an upgrade, as the client has it. */
  public static Browser overHttp2(String token) {
    return new Browser(
        HttpRequest.newBuilder(
                URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/api/messages/stream"))
            .header("Authorization", "Bearer " + token)
            .version(HttpClient.Version.HTTP_2)
            .timeout(PATIENCE)
            .build());
  }

  /** Opens the stream of the service at this address. */
  public static Browser at(String address, String query, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/api/messages/stream" + query));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new Browser(request.timeout(PATIENCE).build());
  }

  /** Open, and heard by the service. */
  public Browser connected() {
    await().atMost(PATIENCE).until(() -> comments.contains(CONNECTED));
    return this;
  }

  public HttpResponse<InputStream> response() {
    return response;
  }

  /** Returns the received events, without the event that opens a stream. */
  public List<Event> events() {
    return events;
  }

  /** The events that opened the stream: one where it begins, none where it goes on. */
  public List<Event> openings() {
    return openings;
  }

  public List<String> comments() {
    return comments;
  }

  public String retry() {
    return retry;
  }

  /** Returns the id of the last event, which a reconnect would send. */
  public String lastId() {
    return lastId;
  }

  /** The message ids of the events so far, in their order. */
  public List<String> messages() {
    return events.stream()
        .filter(event -> event.name().equals("newMessage"))
        .map(event -> event.json().getString("messageId"))
        .toList();
  }

  /** Was told to refetch. */
  public Browser resynced() {
    await()
        .atMost(PATIENCE)
        .until(() -> events.stream().anyMatch(event -> event.name().equals("resync")));
    return this;
  }

  public boolean ended() {
    return ended;
  }

  /** The event of this message. */
  public Event heard(String messageId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                events.stream()
                    .filter(event -> event.data().contains("\"" + messageId + "\""))
                    .findFirst()
                    .orElse(null),
            event -> event != null);
  }

  private void read() {
    String id = null;
    String name = null;
    String data = null;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          if (data != null) {
            // As most client libraries do it: an id without data is not taken.
            lastId = id;
            (CONNECTED.equals(name) ? openings : events).add(new Event(id, name, data));
          }
          name = null;
          data = null;
        } else if (line.startsWith(":")) {
          comments.add(line.substring(1).strip());
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith("retry: ")) {
          retry = line.substring(7);
        }
      }
    } catch (IOException closed) {
      // Either side may end a stream.
    } finally {
      ended = true;
    }
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException alreadyClosed) {
      // nothing to do
    }
  }
}
