package chat.switchboard.stream;

import chat.switchboard.support.Tools;
import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/** A client library of server-sent events that others wrote. */
enum ClientLibrary {
  EVENTSOURCE_4("eventsource 4") {
    @Override
    Optional<String> missing() throws IOException {
      return Tools.npm(FOLDER);
    }

    @Override
    Listening listen(String url) throws IOException {
      return run("node", "listen.mjs", toString(), url);
    }
  },
  EVENTSOURCE_3("eventsource 3") {
    @Override
    Optional<String> missing() throws IOException {
      return Tools.npm(FOLDER);
    }

    @Override
    Listening listen(String url) throws IOException {
      return run("node", "listen.mjs", toString(), url);
    }
  },
  EVENTSOURCE_CLIENT("eventsource-client") {
    @Override
    Optional<String> missing() throws IOException {
      return Tools.npm(FOLDER);
    }

    @Override
    Listening listen(String url) throws IOException {
      return run("node", "listen.mjs", toString(), url);
    }
  },
  SSECLIENT_PY("sseclient-py") {
    @Override
    Optional<String> missing() throws IOException {
      return Tools.python(FOLDER);
    }

    @Override
    Listening listen(String url) throws IOException {
      return run("venv/bin/python", "listen.py", url);
    }
  },
  OKHTTP_SSE("okhttp-sse") {
    @Override
    Listening listen(String url) {
      return new OkHttpListening(url);
    }
  },
  LAUNCHDARKLY("okhttp-eventsource") {
    @Override
    Listening listen(String url) {
      com.launchdarkly.eventsource.EventSource source =
          new com.launchdarkly.eventsource.EventSource.Builder(
                  ConnectStrategy.http(URI.create(url)))
              .errorStrategy(ErrorStrategy.alwaysContinue())
              .build();
      List<Event> events = new CopyOnWriteArrayList<>();
      daemon(
          () -> {
            for (MessageEvent event : source.messages()) {
              events.add(new Event(event.getEventName(), event.getLastEventId(), event.getData()));
            }
          });
      return new Listening() {
        @Override
        public List<Event> events() {
          return events;
        }

        @Override
        public void close() {
          source.close();
        }
      };
    }
  };

  private static final String FOLDER = "sse";

  private final String title;

  ClientLibrary(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }

  /** An event as the library gave it to its caller. */
  record Event(String name, String id, String data) {}

  /** A client that listens, and comes back by itself after each end of its connection. */
  interface Listening extends AutoCloseable {

    List<Event> events();

    @Override
    void close();
  }

  /** Why the library cannot be used here; empty if it can. */
  Optional<String> missing() throws IOException {
    return Optional.empty();
  }

  /** Listens to this address, which has the token in its query. */
  abstract Listening listen(String url) throws IOException;

  private static Listening run(String... command) throws IOException {
    Path home = Tools.home(FOLDER);
    List<String> line = new ArrayList<>(List.of(command));
    if (line.get(0).contains("/")) {
      line.set(0, home.resolve(line.get(0)).toString());
    }
    Process process =
        new ProcessBuilder(line)
            .directory(home.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Event> events = new CopyOnWriteArrayList<>();
    daemon(
        () -> {
          try (BufferedReader printed =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String json = printed.readLine(); json != null; json = printed.readLine()) {
              JsonPath event = JsonPath.from(json);
              events.add(
                  new Event(
                      event.getString("name"), event.getString("id"), event.getString("data")));
            }
          } catch (IOException ended) {
            throw new UncheckedIOException(ended);
          }
        });
    return new Listening() {
      @Override
      public List<Event> events() {
        return events;
      }

      @Override
      public void close() {
        process.destroyForcibly();
      }
    };
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "client library");
    thread.setDaemon(true);
    thread.start();
  }

  /** okhttp-sse leaves it to its caller to come back, with the id of the last event. */
  private static final class OkHttpListening extends EventSourceListener implements Listening {

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final OkHttpClient client =
        new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(60)).build();
    private final String url;
    private volatile String lastId;
    private volatile EventSource source;
    private volatile boolean closed;

    OkHttpListening(String url) {
      this.url = url;
      open();
    }

    private void open() {
      Request.Builder request = new Request.Builder().url(url);
      if (lastId != null) {
        request.header("Last-Event-ID", lastId);
      }
      source = EventSources.createFactory(client).newEventSource(request.build(), this);
    }

    @Override
    public void onEvent(EventSource from, String id, String type, String data) {
      lastId = id == null ? lastId : id;
      events.add(new Event(type, id, data));
    }

    @Override
    public void onClosed(EventSource from) {
      again();
    }

    @Override
    public void onFailure(EventSource from, Throwable failure, Response response) {
      again();
    }

    private void again() {
      daemon(
          () -> {
            try {
              TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException stopped) {
              Thread.currentThread().interrupt();
            }
            if (!closed) {
              open();
            }
          });
    }

    @Override
    public List<Event> events() {
      return events;
    }

    @Override
    public void close() {
      closed = true;
      source.cancel();
      client.dispatcher().executorService().shutdown();
    }
  }
}
