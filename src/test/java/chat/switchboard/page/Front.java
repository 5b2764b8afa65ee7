package chat.switchboard.page;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Tools;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bson.Document;

/**
 * A fake of the proxy and of LibreChat for a browser: the proxy adds the script to the page and
 * routes Switchboard's paths; the page and the doors behave like LibreChat's.
 */
final class Front implements AutoCloseable {

  private static final Path SOURCE = Path.of("src/test/page");
  private static final Path HOME = Path.of("target/page");
  private static final Map<String, String> ASSETS =
      Map.of(
          "react.js", "react/umd/react.production.min.js",
          "react-dom.js", "react-dom/umd/react-dom.production.min.js",
          "react-query.js", "@tanstack/react-query/build/umd/index.production.js");

  final AtomicInteger streamRequests = new AtomicInteger();
  final AtomicInteger refusedStreams = new AtomicInteger();
  final AtomicInteger resumedStreams = new AtomicInteger();

  /** Frames that are added to the end of the next stream with events. */
  final java.util.Queue<String> frames = new java.util.concurrent.ConcurrentLinkedQueue<>();

  /** The HTML of the page before the script, and the attributes of the script. */
  final AtomicReference<String> head = new AtomicReference<>("");

  final AtomicReference<String> attributes = new AtomicReference<>("");

  /** Where LibreChat's pictures and files are; null where LibreChat has none. */
  volatile String files;

  private final LibreChat libreChat;
  private final Supplier<String> switchboard;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer server;

  /**
   * @param switchboard its address, which can change
   */
  Front(LibreChat libreChat, Supplier<String> switchboard) throws IOException {
    this.libreChat = libreChat;
    this.switchboard = switchboard;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Why there can be no such page here; empty if it is ready. */
  static Optional<String> unavailable() throws IOException {
    return Tools.npm("page");
  }

  String url(String path) {
    // Not 127.0.0.1: both are secure contexts, but a name is what people have.
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (path.startsWith("/switchboard") || path.equals("/api/messages/stream")) {
        pass(exchange, switchboard.get());
      } else if (path.startsWith("/images/") || path.startsWith("/api/files/")) {
        pass(exchange, files);
      } else if (path.equals("/") || path.equals("/plain") || path.startsWith("/c/")) {
        Path page = SOURCE.resolve(path.equals("/plain") ? "plain.html" : "index.html");
        String script =
            head + "<script src=\"/switchboard/live.js\" " + attributes + "></script></head>";
        send(exchange, 200, "text/html", Files.readString(page).replace("</head>", script));
      } else if (path.startsWith("/assets/")) {
        String name = path.substring("/assets/".length());
        Path file =
            ASSETS.containsKey(name)
                ? HOME.resolve("node_modules").resolve(ASSETS.get(name))
                : SOURCE.resolve("app.js");
        send(exchange, 200, "text/javascript", Files.readString(file));
      } else if (path.equals("/api/auth/refresh")) {
        // The cookie is what counts at LibreChat; here the old token says who it is.
        String fresh = LibreChat.token(claims(exchange).getString("id"), Duration.ofMinutes(15));
        send(exchange, 200, "application/json", "{\"token\":\"" + fresh + "\"}");
      } else if (path.equals("/api/agents")) {
        send(
            exchange,
            200,
            "application/json",
            "{\"data\":[{\"id\":\"agent_1\",\"name\":\"<b>Ada</b>\"}]}");
      } else if (path.equals("/api/models")) {
        send(exchange, 200, "application/json", "{\"openAI\":[\"gpt-4o-mini\"],\"agents\":[]}");
      } else if (path.startsWith("/api/")) {
        read(exchange, path);
      } else {
        send(exchange, 404, "text/plain", "");
      }
    }
  }

  private void read(HttpExchange exchange, String path) throws IOException {
    Document claims = claims(exchange);
    if (Instant.now().getEpochSecond() >= claims.get("exp", Number.class).longValue()) {
      send(exchange, 401, "text/plain", "Unauthorized");
      return;
    }
    String user = claims.getString("id");
    List<Document> found =
        path.equals("/api/convos")
            ? libreChat
                .collection("conversations")
                .find(new Document("user", user))
                .into(new java.util.ArrayList<>())
            : libreChat.messages(path.substring("/api/messages/".length()), user);
    send(
        exchange,
        200,
        "application/json",
        found.stream()
            .map(one -> one.append("_id", null).append("expiredAt", null).toJson())
            .collect(Collectors.joining(",", "[", "]")));
  }

  private static Document claims(HttpExchange exchange) {
    String bearer = exchange.getRequestHeaders().getFirst("Authorization");
    return Document.parse(
        new String(Base64.getUrlDecoder().decode(bearer.split("[ .]")[2]), StandardCharsets.UTF_8));
  }

  /** To another server, and back as it comes, without buffering. */
  private void pass(HttpExchange exchange, String server) throws IOException {
    boolean stream = exchange.getRequestURI().getPath().equals("/api/messages/stream");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + exchange.getRequestURI()));
    for (String name :
        List.of(
            "Authorization",
            "Last-Event-ID",
            "Accept",
            "If-None-Match",
            "User-Agent",
            "Range",
            "Content-Type")) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    if (stream) {
      streamRequests.incrementAndGet();
      if (exchange.getRequestHeaders().containsKey("Last-Event-ID")) {
        resumedStreams.incrementAndGet();
      }
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!exchange.getRequestMethod().equals("GET")) {
      request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    }
    HttpResponse<InputStream> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException down) {
      send(exchange, 502, "text/plain", "Bad Gateway");
      return;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    }
    if (stream && response.statusCode() == 401) {
      refusedStreams.incrementAndGet();
    }
    for (String name : List.of("Content-Type", "Content-Disposition", "X-Content-Type-Options")) {
      response
          .headers()
          .firstValue(name)
          .ifPresent(value -> exchange.getResponseHeaders().add(name, value));
    }
    exchange.sendResponseHeaders(response.statusCode(), response.statusCode() == 204 ? -1 : 0);
    try (InputStream in = response.body();
        OutputStream out = exchange.getResponseBody()) {
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        for (String frame = frames.poll(); stream && frame != null; frame = frames.poll()) {
          out.write(frame.getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type + ";charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
