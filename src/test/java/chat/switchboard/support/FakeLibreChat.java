package chat.switchboard.support;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.Updates;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * LibreChat's doors below {@code /api/agents/chat}, in the shape in which version 0.8.8-rc1
 * answers, with an agent that repeats the question. It writes its answers into the tests' database,
 * and can do everything badly.
 */
public final class FakeLibreChat implements AutoCloseable {

  /** How it takes a question. */
  public enum Manner {
    ANSWERS,
    /** After a second. */
    ANSWERS_SLOWLY,
    /** After five seconds: longer than the tests' time limit for one try. */
    ANSWERS_LATE,
    /** The stream breaks off in the middle, and the answer comes all the same. */
    DROPS_THE_STREAM,
    /** The stream is not there any more, and the answer comes all the same. */
    HAS_NO_STREAM,
    /** The stream says nothing and does not end; the answer comes all the same. */
    HANGS_IN_THE_STREAM,
    /** It takes the question and says nothing. */
    HANGS,
    /** Status 200, and an event of the kind error. */
    REFUSES,
    /** Status 200, and an event that says Illegal request. */
    CALLS_IT_ILLEGAL,
    /** The answer is a message with error: true. */
    ANSWERS_WITH_AN_ERROR,
    /** The answer is stopped, and stays unfinished: true. */
    IS_STOPPED,
    /** The stream has an event of the kind error, and there is no answer. */
    FAILS_IN_THE_STREAM,
    /** It ends, and there is no answer. */
    ENDS_WITHOUT_AN_ANSWER,
    IS_OUT_OF_QUOTA,
    IS_ASKED_TOO_MUCH,
    IS_BROKEN,
    REFUSES_THE_TOKEN,
    /** The connection breaks, as when it is down. */
    IS_DOWN
  }

  /** A question as it came. */
  public record Asked(String path, Document body, String userAgent, Document claims) {

    public String requestId() {
      return body.getString("clientRequestId");
    }

    public String question() {
      return body.getString("overrideUserMessageId");
    }
  }

  private final class Generation {
    final Document body;
    final String user;
    final Manner manner;
    final long createdAt = System.currentTimeMillis();
    final CountDownLatch over = new CountDownLatch(1);
    volatile boolean destroyed;
    volatile Document answer;

    Generation(Document body, String user, Manner manner) {
      this.body = body;
      this.user = user;
      this.manner = manner;
    }

    boolean isOver() {
      return over.getCount() == 0;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final LibreChat libreChat = new LibreChat();
  private final Map<String, Deque<Manner>> manners = new ConcurrentHashMap<>();
  private final Map<String, Generation> byRequest = new ConcurrentHashMap<>();
  private final Map<String, Generation> byConversation = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final List<String> generated = new CopyOnWriteArrayList<>();
  private final List<String> destroyed = new CopyOnWriteArrayList<>();
  private volatile boolean down;
  private volatile Manner otherwise = Manner.ANSWERS;

  public FakeLibreChat(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/api/agents/chat/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** For tests of an application that asks it. */
  public static class Resource implements QuarkusTestResourceLifecycleManager {

    private static FakeLibreChat running;

    @Override
    public Map<String, String> start() {
      try {
        running = new FakeLibreChat(0);
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
      return Map.of("switchboard.librechat-url", running.url());
    }

    @Override
    public void stop() {
      running.close();
    }

    public static FakeLibreChat get() {
      return running;
    }
  }

  /** As a program of its own: the port, and the connection string of the database. */
  public static void main(String[] arguments) throws Exception {
    TestDatabase.use(arguments[1]);
    try (FakeLibreChat fake = new FakeLibreChat(Integer.parseInt(arguments[0]))) {
      System.out.println("LibreChat's agent listens at " + fake.url());
      new CountDownLatch(1).await();
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How it takes the next questions in this conversation; those after them as ever. */
  public void willBe(String conversationId, Manner... next) {
    manners.put(conversationId, new ArrayDeque<>(List.of(next)));
  }

  /** How it takes every question of which nothing else was said. */
  public void willAlwaysBe(Manner manner) {
    otherwise = manner;
  }

  public void down(boolean isDown) {
    down = isDown;
  }

  /** The questions in this conversation, as they came, also those that it did not take. */
  public List<Asked> asked(String conversationId) {
    return asked.stream()
        .filter(one -> conversationId.equals(one.body().getString("conversationId")))
        .toList();
  }

  /** The requests by which an answer was generated in this conversation. */
  public List<String> generated(String conversationId) {
    return generated.stream()
        .filter(one -> one.startsWith(conversationId))
        .map(one -> one.substring(one.indexOf(' ') + 1))
        .toList();
  }

  /** The requests whose answer was destroyed by another that came while it was generated. */
  public List<String> destroyed() {
    return destroyed;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (down) {
        return;
      }
      String path = exchange.getRequestURI().getPath().substring("/api/agents/chat/".length());
      String userAgent = String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"));
      byte[] body = exchange.getRequestBody().readAllBytes();
      Document claims = claims(exchange.getRequestHeaders().getFirst("Authorization"));
      if (claims == null) {
        send(exchange, 401, "application/json", "{\"message\":\"Unauthorized\"}");
      } else if (!userAgent.matches("Mozilla/5\\.0 .*Chrome/.*")) {
        event(exchange, "{\"message\":\"Illegal request\"}");
      } else if (path.startsWith("status/")) {
        status(exchange, path.substring("status/".length()));
      } else if (path.startsWith("stream/")) {
        stream(exchange, path.substring("stream/".length()));
      } else {
        Document question = Document.parse(new String(body, StandardCharsets.UTF_8));
        asked.add(new Asked(path, question, userAgent, claims));
        start(exchange, question, claims.getString("id"));
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void status(HttpExchange exchange, String conversationId) throws IOException {
    Generation current = byConversation.get(conversationId);
    boolean active = current != null && !current.isOver();
    json(exchange, "{\"active\":" + active + ",\"generationProtocolVersion\":1}");
  }

  private void start(HttpExchange exchange, Document body, String user)
      throws IOException, InterruptedException {
    String conversationId = body.getString("conversationId");
    String requestId = body.getString("clientRequestId");
    Generation known = byRequest.get(requestId);
    if (known != null) {
      json(exchange, known.isOver() ? settled(conversationId) : started(known, "resumed"));
      return;
    }
    Deque<Manner> next = manners.getOrDefault(conversationId, new ArrayDeque<>());
    Manner manner;
    synchronized (next) {
      manner = next.isEmpty() ? otherwise : next.poll();
    }
    switch (manner) {
      case HANGS -> TimeUnit.SECONDS.sleep(60);
      case REFUSES -> event(exchange, "{\"type\":\"convo_access\",\"text\":\"Not now\"}");
      case CALLS_IT_ILLEGAL -> event(exchange, "{\"message\":\"Illegal request\"}");
      case IS_ASKED_TOO_MUCH -> {
        exchange.getResponseHeaders().add("Retry-After", "1");
        send(exchange, 429, "application/json", "{\"message\":\"Too many requests\"}");
      }
      case IS_BROKEN -> send(exchange, 500, "text/plain", "Something broke");
      case REFUSES_THE_TOKEN -> send(exchange, 403, "text/plain", "Forbidden");
      case IS_DOWN -> {}
      default -> {
        Generation generation = new Generation(body, user, manner);
        Generation other = byConversation.put(conversationId, generation);
        if (other != null && !other.isOver()) {
          other.destroyed = true;
          destroyed.add(other.body.getString("clientRequestId"));
        }
        byRequest.put(requestId, generation);
        generated.add(conversationId + " " + requestId);
        threads.execute(() -> generate(generation));
        json(exchange, started(generation, "started"));
      }
    }
  }

  private static String started(Generation generation, String status) {
    return new Document("streamId", generation.body.getString("conversationId"))
        .append("conversationId", generation.body.getString("conversationId"))
        .append("generationCreatedAt", generation.createdAt)
        .append("status", status)
        .append("generationProtocolVersion", 2)
        .toJson();
  }

  private static String settled(String conversationId) {
    return new Document("conversationId", conversationId)
        .append("status", "settled")
        .append("generationProtocolVersion", 2)
        .toJson();
  }

  private void generate(Generation generation) {
    try {
      TimeUnit.MILLISECONDS.sleep(
          switch (generation.manner) {
            case ANSWERS_SLOWLY -> 1_000;
            case ANSWERS_LATE -> 5_000;
            default -> 150;
          });
      if (generation.destroyed) {
        return;
      }
      switch (generation.manner) {
        case ENDS_WITHOUT_AN_ANSWER, FAILS_IN_THE_STREAM -> {}
        case ANSWERS_WITH_AN_ERROR -> write(generation, true, false);
        case IS_OUT_OF_QUOTA -> write(generation, true, false);
        case IS_STOPPED -> write(generation, false, true);
        default -> write(generation, false, false);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      generation.over.countDown();
    }
  }

  private void write(Generation generation, boolean error, boolean unfinished) {
    Date now = new Date();
    String conversationId = generation.body.getString("conversationId");
    String words = "Answer to: " + generation.body.getString("text");
    Document answer =
        new Document("_id", new ObjectId())
            .append("messageId", UUID.randomUUID().toString())
            .append("user", generation.user)
            .append("updatedAt", now)
            .append("expiredAt", null)
            .append("isTemporary", false)
            .append("unfinished", unfinished)
            .append("attachments", List.of())
            .append("tokenCount", 12)
            .append(
                "content",
                List.of(
                    new Document("type", "think").append("think", "What would they like to hear?"),
                    new Document("type", "text").append("text", words)))
            .append("text", error ? "{\"type\":\"token_balance\"}" : "")
            .append("endpoint", generation.body.getString("endpoint"))
            .append("sender", "GPT")
            .append("model", generation.body.getString("model"))
            .append("isCreatedByUser", false)
            .append("parentMessageId", generation.body.getString("overrideUserMessageId"))
            .append("conversationId", conversationId)
            .append("__v", 0)
            .append("createdAt", now)
            .append("error", error)
            .append("_meiliIndex", false);
    libreChat.collection("messages").insertOne(answer);
    libreChat
        .collection("conversations")
        .updateOne(eq("conversationId", conversationId), Updates.set("updatedAt", now));
    generation.answer = answer;
  }

  private void stream(HttpExchange exchange, String streamId)
      throws IOException, InterruptedException {
    Generation generation = byConversation.get(streamId);
    if (generation == null || generation.isOver() || generation.manner == Manner.HAS_NO_STREAM) {
      send(exchange, 404, "application/json", "{\"error\":\"Stream not found\"}");
      return;
    }
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      frame(out, "message", "{\"created\":true,\"message\":{\"sender\":\"User\"}}");
      frame(
          out,
          "message",
          "{\"event\":\"on_message_delta\",\"data\":{\"delta\":{\"content\":"
              + "[{\"type\":\"text\",\"text\":\"say \\\"final\\\":true \"}]}}}");
      if (generation.manner == Manner.DROPS_THE_STREAM) {
        return;
      }
      if (generation.manner == Manner.HANGS_IN_THE_STREAM) {
        TimeUnit.SECONDS.sleep(60);
      }
      generation.over.await(60, TimeUnit.SECONDS);
      if (generation.manner == Manner.FAILS_IN_THE_STREAM) {
        frame(out, "error", "{\"type\":\"model_not_found\",\"error\":\"No such model\"}");
      } else if (generation.answer != null) {
        frame(
            out,
            "message",
            "{\"final\":true,\"conversation\":{},\"requestMessage\":{},\"responseMessage\":"
                + new Document("messageId", generation.answer.getString("messageId")).toJson()
                + "}");
      }
    }
  }

  private static void frame(OutputStream out, String event, String data) throws IOException {
    out.write(("event: " + event + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void event(HttpExchange exchange, String data) throws IOException {
    send(exchange, 200, "text/event-stream", "event: error\ndata: " + data + "\n\n");
  }

  private static void json(HttpExchange exchange, String body) throws IOException {
    send(exchange, 200, "application/json; charset=utf-8", body);
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** What a good token says; null for others. */
  private static Document claims(String authorization) {
    String[] parts = String.valueOf(authorization).replace("Bearer ", "").split("\\.");
    if (parts.length != 3) {
      return null;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              TestDatabase.JWT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      String wanted =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(
                  mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8)));
      Document claims =
          Document.parse(
              new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
      long now = System.currentTimeMillis() / 1000;
      boolean good = wanted.equals(parts[2]) && claims.get("exp", Number.class).longValue() > now;
      return good ? claims : null;
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The answers that stand in this conversation, whole ones only, in their order. */
  public List<Document> answers(String conversationId, String user) {
    List<Document> answers = new ArrayList<>();
    for (Document message : libreChat.messages(conversationId, user)) {
      boolean ours =
          "GPT".equals(message.getString("sender"))
              && message.containsKey("content")
              && !message.getBoolean("error", false)
              && !message.getBoolean("unfinished", false);
      if (ours) {
        answers.add(message);
      }
    }
    return answers;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    libreChat.close();
  }
}
