package chat.switchboard.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A receiver of webhooks that behaves as badly as real ones do. */
public final class FakeReceiver implements AutoCloseable {

  /** What the receiver does with a request. */
  public enum Mood {
    /** 204. */
    TAKES,
    /** 500. */
    FAILS,
    /** 429 with Retry-After: 3600. */
    TOO_MANY,
    /** 410. */
    GONE,
    /** 302 to another path of this receiver. */
    REDIRECTS,
    /** Reads the request and never answers. */
    HANGS,
    /** 200, and a body without an end. */
    ENDLESS,
    /** 500, and a body without an end. */
    FAILS_ENDLESSLY,
    /** Headers without an end. */
    ENDLESS_HEADERS,
    /** Closes the connection after the request. */
    CLOSES,
    /** Closes the connection before the request is read. */
    REFUSES,
    /** Answers with something that is no HTTP. */
    BABBLES
  }

  /** A request that was read. */
  public record Received(String path, Map<String, String> headers, String body) {}

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Mood> moods = new ConcurrentLinkedQueue<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<Received> taken = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Mood always = Mood.TAKES;

  public FakeReceiver() {
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    threads.execute(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port() + "/in?from=switchboard";
  }

  /** What happens with the next requests; after them the receiver takes everything. */
  public void next(Mood... wanted) {
    moods.addAll(List.of(wanted));
  }

  /** What happens with all requests that have no mood of their own. */
  public void always(Mood mood) {
    always = mood;
  }

  /** Every request that was read. */
  public List<Received> received() {
    return received;
  }

  /** The requests that got a 2xx. */
  public List<Received> taken() {
    return taken;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> handle(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void handle(Socket socket) {
    Mood next = moods.poll();
    Mood mood = next == null ? always : next;
    try (socket) {
      if (mood == Mood.REFUSES) {
        return;
      }
      Received request = read(socket.getInputStream());
      received.add(request);
      if (mood == Mood.TAKES || mood == Mood.ENDLESS) {
        taken.add(request);
      }
      answer(mood, socket.getOutputStream());
    } catch (IOException | InterruptedException gone) {
      // The sender has enough.
    }
  }

  private void answer(Mood mood, OutputStream out) throws IOException, InterruptedException {
    switch (mood) {
      case TAKES -> write(out, "HTTP/1.1 204 No Content\r\n\r\n");
      case FAILS -> write(out, "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
      case TOO_MANY ->
          write(out, "HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n");
      case GONE -> write(out, "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
      case REDIRECTS ->
          write(out, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
      case HANGS -> closing.await();
      case ENDLESS -> endless(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      case FAILS_ENDLESSLY ->
          endless(out, "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n");
      case ENDLESS_HEADERS -> {
        write(out, "HTTP/1.1 200 OK\r\n");
        for (int at = 0; at < 100_000; at++) {
          write(out, "X-" + at + ": " + "y".repeat(100) + "\r\n");
        }
      }
      case BABBLES -> write(out, "hello\r\n\r\n");
      case CLOSES, REFUSES -> {}
    }
  }

  private static void endless(OutputStream out, String head) throws IOException {
    write(out, head);
    while (true) {
      write(out, "1000\r\n" + "z".repeat(4096) + "\r\n");
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static Received read(InputStream in) throws IOException {
    String[] first = line(in).split(" ");
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Received(first[1], headers, new String(body, StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new IOException("The request is incomplete");
      }
      line.write(read);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      server.close();
    } catch (IOException gone) {
      // It is closed.
    }
    threads.shutdownNow();
  }

  /**
   * Three receivers of the service that is tested: all with text, quiet without, mine of a user.
   */
  public static class Resource
      implements io.quarkus.test.common.QuarkusTestResourceLifecycleManager {

    /** The user whose events the receiver "mine" gets. */
    public static final String OWNER = "events-owner@example.com";

    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final Map<String, FakeReceiver> RUNNING = new LinkedHashMap<>();

    @Override
    public Map<String, String> start() {
      Map<String, String> config = new LinkedHashMap<>();
      for (String name : List.of("all", "quiet", "mine")) {
        FakeReceiver receiver = new FakeReceiver();
        RUNNING.put(name, receiver);
        String prefix = "switchboard.events.\"" + name + "\".";
        config.put(prefix + "url", receiver.url());
        config.put(prefix + "secret", SECRET);
        config.put(prefix + "allow-private", "true");
      }
      config.put("switchboard.events.\"all\".include-text", "true");
      config.put("switchboard.events.\"mine\".owner", OWNER);
      return config;
    }

    @Override
    public void stop() {
      RUNNING.values().forEach(FakeReceiver::close);
    }

    public static FakeReceiver get(String name) {
      return RUNNING.get(name);
    }
  }
}
