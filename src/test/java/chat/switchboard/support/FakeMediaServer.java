package chat.switchboard.support;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of files with the faults that servers of files have. The last part of the path names
 * one.
 */
public final class FakeMediaServer implements AutoCloseable {

  /** 64 MiB of zeros, which gzip makes some 64 KiB. */
  private static final byte[] BOMB = MediaSamples.gzip(new byte[64 * 1024 * 1024]);

  private static final Buffer PART = Buffer.buffer(new byte[64 * 1024]);

  private final Vertx vertx;
  private final HttpServer server;
  private final NetServer raw;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> types = new ConcurrentHashMap<>();
  private final Map<String, String> traps = new ConcurrentHashMap<>();
  private final Map<String, String> redirects = new ConcurrentHashMap<>();
  private final List<Seen> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong sent = new AtomicLong();

  /** A request that came. */
  public record Seen(String path, String host, String authorization, String acceptEncoding) {}

  private FakeMediaServer(Vertx vertx, HttpServerOptions options) {
    this(vertx, options, 0);
  }

  private FakeMediaServer(Vertx vertx, HttpServerOptions options, int port) {
    this.vertx = vertx;
    this.server = vertx.createHttpServer(options.setHost("127.0.0.1").setPort(port));
    server.requestHandler(this::answer).exceptionHandler(broken -> {});
    this.raw = vertx.createNetServer().connectHandler(FakeMediaServer::answerRaw);
    try {
      raw.listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static final String RESERVED = "chat.switchboard.test.media-port";

  /**
   * Where {@link #startReserved} listens: the configuration of a Quarkus test is made by another
   * class loader than its tests.
   */
  public static String reservedUrl() {
    Integer reserved = Integer.getInteger(RESERVED);
    int port = reserved != null ? reserved : FreePort.next();
    System.setProperty(RESERVED, String.valueOf(port));
    return "http://127.0.0.1:" + port;
  }

  public static FakeMediaServer startReserved(Vertx vertx) {
    return new FakeMediaServer(vertx, new HttpServerOptions(), Integer.getInteger(RESERVED));
  }

  public static FakeMediaServer start(Vertx vertx) {
    return new FakeMediaServer(vertx, new HttpServerOptions());
  }

  public static FakeMediaServer startTls(Vertx vertx, String keystore, String password) {
    return new FakeMediaServer(
        vertx,
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(new PfxOptions().setPath(keystore).setPassword(password)));
  }

  public int port() {
    return server.actualPort();
  }

  /** Where the answers are that no HTTP server writes. */
  public int rawPort() {
    return raw.actualPort();
  }

  public FakeMediaServer has(String path, String type, byte[] content) {
    files.put(path, content);
    types.put(path, type);
    return this;
  }

  public FakeMediaServer redirects(String path, String location) {
    redirects.put(path, location);
    return this;
  }

  /** The path behaves like the trap of this name. */
  public FakeMediaServer traps(String path, String trap) {
    traps.put(path, trap);
    return this;
  }

  public List<Seen> requests() {
    return requests;
  }

  /** Bytes of endless files that were written. */
  public long sent() {
    return sent.get();
  }

  private void answer(HttpServerRequest request) {
    String path = request.path();
    requests.add(
        new Seen(
            path,
            request.getHeader("Host"),
            request.getHeader("Authorization"),
            request.getHeader("Accept-Encoding")));
    HttpServerResponse response = request.response();
    if (redirects.containsKey(path)) {
      response.setStatusCode(302).putHeader("Location", redirects.get(path)).end("elsewhere");
      return;
    }
    if (files.containsKey(path)) {
      response.putHeader("Content-Type", types.get(path)).end(Buffer.buffer(files.get(path)));
      return;
    }
    trap(request, response, traps.getOrDefault(path, path.substring(path.lastIndexOf('/') + 1)));
  }

  private void trap(HttpServerRequest request, HttpServerResponse response, String trap) {
    if (trap.matches("\\d{3}")) {
      response.setStatusCode(Integer.parseInt(trap)).putHeader("Retry-After", "7").end("no");
      return;
    }
    switch (trap) {
      case "404-then-200" -> {
        boolean isFirst =
            requests.stream().filter(seen -> seen.path().equals(request.path())).count() == 1;
        response.setStatusCode(isFirst ? 404 : 200).end("here");
      }
      case "silent" -> {}
      case "stalls" -> response.putHeader("Content-Length", "10").write("half");
      case "trickles" -> {
        response.setChunked(true);
        vertx.setPeriodic(
            100,
            timer -> {
              if (response.closed() || response.ended()) {
                vertx.cancelTimer(timer);
              } else {
                response.write("x");
              }
            });
      }
      case "endless" -> {
        response.setChunked(true);
        pour(response);
      }
      case "drops" -> request.connection().close();
      case "gzip" ->
          response
              .putHeader("Content-Type", "image/png")
              .putHeader("Content-Encoding", "gzip")
              .end(Buffer.buffer(BOMB));
      // Compressed, as a file: nothing says that the bytes are to be decompressed.
      case "gzip-file" -> response.putHeader("Content-Type", "image/png").end(Buffer.buffer(BOMB));
      case "shorter" ->
          response
              .putHeader("Content-Type", "image/png")
              .putHeader("Content-Length", "100")
              .write("short")
              .onComplete(written -> request.connection().close());
      case "claims-huge" ->
          response
              .putHeader("Content-Type", "image/png")
              .putHeader("Content-Length", "99999999")
              .write("x");
      case "identity" -> response.putHeader("Content-Encoding", "identity").end("plain");
      case "loop" -> response.setStatusCode(302).putHeader("Location", request.path()).end();
      case "grows" ->
          response.setStatusCode(302).putHeader("Location", request.path() + "/grows").end();
      case "nowhere" -> response.setStatusCode(302).end();
      case "named" ->
          response
              .putHeader("Content-Type", "Image/JPEG; charset=x")
              .putHeader(
                  "Content-Disposition",
                  "inline; filename*=UTF-8''..%2F%D1%84%D0%BE%D1%82%D0%BE.jpg")
              .end("x");
      default -> response.setStatusCode(404).end();
    }
  }

  private void pour(HttpServerResponse response) {
    while (!response.closed() && !response.writeQueueFull()) {
      sent.addAndGet(PART.length());
      response.write(PART);
    }
    if (!response.closed()) {
      response.drainHandler(drained -> pour(response));
    }
  }

  /** Answers of which Vert.x would not write the bytes. */
  private static void answerRaw(NetSocket socket) {
    socket.handler(
        head -> {
          String trap = head.toString().replaceAll("(?s)^GET \\S*/(\\S+) .*", "$1");
          switch (trap) {
            case "claims-huge" ->
                socket.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx");
            case "claims-absurd" ->
                socket.end(
                    Buffer.buffer(
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx"));
            case "shorter" ->
                socket.end(Buffer.buffer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
            case "longer" ->
                socket.end(
                    Buffer.buffer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more"));
            case "cut-chunked" ->
                socket.end(
                    Buffer.buffer(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"));
            case "no-http" -> socket.end(Buffer.buffer("SSH-2.0-OpenSSH_9\r\n\r\n"));
            case "huge-head" ->
                socket.end(
                    Buffer.buffer("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\nx"));
            default -> socket.close();
          }
        });
  }

  @Override
  public void close() {
    server.close();
    raw.close();
  }
}
