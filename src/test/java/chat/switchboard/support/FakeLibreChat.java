package chat.switchboard.support;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.Updates;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * LibreChat's doors below {@code /api/agents}, with an agent that repeats the question. It writes
 * its answers into the tests' database, and can do everything badly.
 *
 * <p>It is as unfriendly as the real server. Where nothing else is said, a behaviour is that of
 * LibreChat main of August 2026, read in {@code api/server/routes/agents/index.js}, {@code
 * controllers/agents/protocol.js} and {@code controllers/agents/request.js}, and seen there or on
 * 0.8.8-rc1 in a running server:
 *
 * <ul>
 *   <li>a status request of protocol version 1 takes the owner's parked words away; on Redis
 *       (version 1 by default) also one that asks for version 2;
 *   <li>503 {@code SERVER_NOT_READY} with {@code Retry-After: 1} while a run is being saved;
 *   <li>a program that is no browser is refused with status 200 and banned, user and address, on
 *       {@code /api/agents/**} and {@code /api/files/**}; the ban outlasts the request;
 *   <li>a token with a claim {@code scope} is good for one door alone;
 *   <li>a run that is replaced or aborted leaves its words as a message with {@code unfinished:
 *       true};
 *   <li>queued turns ({@code librechat-data-provider} 0.8.524) are known to later releases only.
 * </ul>
 */
public final class FakeLibreChat implements AutoCloseable {

  /** How it takes a question. */
  public enum Manner {
    ANSWERS,
    /** After a second. */
    ANSWERS_SLOWLY,
    /** After five seconds: longer than the tests' time limit for one try. */
    ANSWERS_LATE,
    /** Stores a part of the answer first, and completes it under the same id after a second. */
    ANSWERS_IN_PARTS,
    /** The answer is stored a second after its run ended; meanwhile the server is not ready. */
    SAVES_SLOWLY,
    /** The stream breaks off in the middle, and the answer comes all the same. */
    DROPS_THE_STREAM,
    /** The stream is not there any more, and the answer comes all the same. */
    HAS_NO_STREAM,
    /** The stream says nothing and does not end; the answer comes all the same. */
    HANGS_IN_THE_STREAM,
    /** LibreChat accepts the question and sends no response. */
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
    /** 503 with Retry-After, as while the same request is being finished. */
    IS_NOT_READY,
    /** 409: the message before it is still being saved. */
    IS_SAVING_THE_PARENT,
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

  /** A request as it came, whatever was answered. */
  public record Request(
      String method, String path, String query, String userAgent, Document claims, Instant at) {

    /** The path with the parts that differ from request to request named. */
    public String template() {
      return method
          + " "
          + path.replaceAll("/(status|stream)/[^/]+$", "/$1/{id}")
              .replaceAll(
                  "/chat/(?!(active|queued-turns|status|stream)(/|$))[^/]+$", "/chat/{endpoint}");
    }
  }

  private final class Generation {
    final Document body;
    final String user;
    final Manner manner;
    final long createdAt = System.currentTimeMillis();
    final CountDownLatch over = new CountDownLatch(1);
    final CountDownLatch streamed = new CountDownLatch(1);
    volatile boolean destroyed;
    volatile boolean saving;
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
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** What the owner typed during a run and the run did not use, by conversation. */
  private final Map<String, List<String>> parked = new ConcurrentHashMap<>();

  /** What was taken away from the owner by a status request. */
  private final List<String> lost = new CopyOnWriteArrayList<>();

  /** What the owners' storage has, by owner and id. */
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();

  /** Ids of files that the storage has, or had. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** Fields that the next answers in a conversation have besides. */
  private final Map<String, Document> moreOfAnswers = new ConcurrentHashMap<>();

  private volatile boolean hasNoFiles;

  private final Map<String, List<String>> waitingForApproval = new ConcurrentHashMap<>();
  private final Map<String, Deque<Document>> queuedTurns = new ConcurrentHashMap<>();
  private final Set<String> banned = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> statusAnswers = new ConcurrentHashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private final FakeLibreChatFiles files = FakeLibreChatFiles.start(vertx);
  private volatile int version = 2;
  private volatile boolean knowsQueuedTurns;
  private volatile boolean down;
  private volatile Manner otherwise = Manner.ANSWERS;

  public FakeLibreChat(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    files.database = file -> libreChat.collection("files").insertOne(file);
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

  /**
   * The owner's storage has this file, and the database knows it.
   *
   * @return the {@code file_id}
   */
  public String has(String user, String name, String type, byte[] content) {
    String id = UUID.randomUUID().toString();
    String path = (type.startsWith("image/") ? "/images/" : "/uploads/") + user + "/" + name;
    libreChat
        .collection("files")
        .insertOne(
            new Document("user", new ObjectId(user))
                .append("file_id", id)
                .append("filename", name)
                .append("filepath", path)
                .append("type", type)
                .append("bytes", content.length)
                .append("object", "file")
                .append("source", "local")
                .append("usage", 0)
                .append("createdAt", new Date())
                .append("updatedAt", new Date()));
    stored.put(user + "/" + id, content);
    files.shows(path, content);
    known.add(id);
    return id;
  }

  /** The storage lost this file; the database still knows it. */
  public void loses(String user, String fileId) {
    stored.remove(user + "/" + fileId);
  }

  public void keeps(String user, String fileId, byte[] content) {
    stored.put(user + "/" + fileId, content);
  }

  /** The storage answers 503. */
  public void hasNoFiles(boolean now) {
    hasNoFiles = now;
  }

  /** Fields that the answers in this conversation have besides, or in the place of others. */
  public void answersWith(String conversationId, Document more) {
    moreOfAnswers.put(conversationId, more);
  }

  private void download(HttpExchange exchange, String[] path, String user) throws IOException {
    byte[] content = stored.get(path[0] + "/" + path[1]);
    if (hasNoFiles) {
      send(exchange, 503, "text/plain", "Service unavailable");
    } else if (!user.equals(path[0])) {
      send(exchange, 403, "application/json", "{\"message\":\"Forbidden\"}");
    } else if (content == null) {
      send(exchange, 404, "text/plain", "File not found");
    } else {
      exchange.getResponseHeaders().add("Content-Type", "application/octet-stream");
      exchange.getResponseHeaders().add("Content-Disposition", "attachment");
      // As a stream without a length, which LibreChat pipes.
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(content);
    }
  }

  /** How it takes every question of which nothing else was said. */
  public void willAlwaysBe(Manner manner) {
    otherwise = manner;
  }

  public void down(boolean isDown) {
    down = isDown;
  }

  /** The protocol of the server: 2, or 1 as on Redis. */
  public void version(int is) {
    version = is;
  }

  /** Whether the release has queued turns. */
  public void knowsQueuedTurns(boolean knows) {
    knowsQueuedTurns = knows;
  }

  /** All requests, also those that were refused. */
  public List<Request> requests() {
    return requests;
  }

  /** Forgets everything that was asked and set; runs go on. */
  public void reset() {
    requests.clear();
    parked.clear();
    lost.clear();
    waitingForApproval.clear();
    queuedTurns.clear();
    banned.clear();
    statusAnswers.clear();
    version = 2;
    knowsQueuedTurns = false;
    hasNoFiles = false;
    moreOfAnswers.clear();
    down = false;
  }

  /** The owner types this while an answer is generated; the run ends without using it. */
  public void park(String conversationId, String words) {
    parked.computeIfAbsent(conversationId, id -> new CopyOnWriteArrayList<>()).add(words);
  }

  /** Returns the parked text, which the page can start as the next turn. */
  public List<String> parked(String conversationId) {
    return parked.getOrDefault(conversationId, List.of());
  }

  /** The page starts the parked text as the next turn; false if the text was removed: 409. */
  public boolean recover(String conversationId) {
    return parked.remove(conversationId) != null;
  }

  /** The words that a status request took away from the page. */
  public List<String> lost() {
    return lost;
  }

  /** The run in this conversation is paused until the owner approves a tool. */
  public void awaitApproval(String conversationId, boolean waits) {
    if (waits) {
      waitingForApproval.put(conversationId, List.of());
    } else {
      waitingForApproval.remove(conversationId);
    }
  }

  /** The owner queues a turn; the status is one of LibreChat's. */
  public void queue(String conversationId, String status) {
    queuedTurns
        .computeIfAbsent(conversationId, id -> new ArrayDeque<>())
        .add(
            new Document("queuedTurnId", UUID.randomUUID().toString())
                .append("conversationId", conversationId)
                .append("clientRequestId", UUID.randomUUID().toString())
                .append("text", "The owner's next words")
                .append("status", status)
                .append("revision", 1));
  }

  /** The queue of this conversation is empty again. */
  public void emptyQueue(String conversationId) {
    queuedTurns.remove(conversationId);
  }

  /** The next status requests for this conversation are answered with this status. */
  public void statusWillBe(String conversationId, int status) {
    if (status == 200) {
      statusAnswers.remove(conversationId);
    } else {
      statusAnswers.put(conversationId, status);
    }
  }

  /**
   * The owner's page sends a message on this parent while an answer is generated: the run is
   * aborted, what it has said so far stays as an unfinished message, and the owner's own turn is
   * answered.
   *
   * @param manner how the owner's turn is answered
   * @return the id of the owner's message
   */
  public String ownerWrites(
      String conversationId, String user, String parent, String words, Manner manner) {
    Document body =
        new Document("text", words)
            .append("conversationId", conversationId)
            .append("parentMessageId", parent)
            .append("endpoint", "openAI")
            .append("clientRequestId", UUID.randomUUID().toString());
    Generation turn = new Generation(body, user, manner);
    Generation other = byConversation.put(conversationId, turn);
    if (other != null && !other.isOver()) {
      abort(other);
    }
    // Behind the words of the run that it has aborted.
    Date now = new Date(System.currentTimeMillis() + 1);
    String id =
        libreChat.message(conversationId, user, parent, "User", now, new Document("text", words));
    body.append("overrideUserMessageId", id);
    byRequest.put(body.getString("clientRequestId"), turn);
    threads.execute(() -> generate(turn));
    return id;
  }

  /** A page or a run stops the run: its words so far are stored, and its stream ends. */
  private void abort(Generation run) {
    run.destroyed = true;
    if (run.answer == null) {
      write(run, false, true);
    }
    run.over.countDown();
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
      String path = exchange.getRequestURI().getPath();
      String query = exchange.getRequestURI().getQuery();
      String userAgent = String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"));
      byte[] body = exchange.getRequestBody().readAllBytes();
      Document claims = claims(exchange.getRequestHeaders().getFirst("Authorization"));
      requests.add(
          new Request(exchange.getRequestMethod(), path, query, userAgent, claims, Instant.now()));
      if (path.equals("/api/config")) {
        json(exchange, "{\"version\":\"0.8.8\"}");
        return;
      }
      if (!path.startsWith("/api/")) {
        send(exchange, 200, "text/html", "<!doctype html><html><head></head></html>");
        return;
      }
      if (claims == null) {
        send(exchange, 401, "application/json", "{\"message\":\"Unauthorized\"}");
        return;
      }
      if (claims.containsKey("scope") && !isTrigger(exchange, path)) {
        send(exchange, 401, "application/json", "{\"message\":\"Unauthorized\"}");
        return;
      }
      String user = claims.getString("id");
      String address = exchange.getRemoteAddress().getAddress().getHostAddress();
      if (path.startsWith("/api/agents/") || path.startsWith("/api/files/")) {
        if (banned.contains(user) || banned.contains(address)) {
          send(exchange, 403, "application/json", "{\"message\":\"Your account is banned\"}");
          return;
        }
        if (!userAgent.matches("Mozilla/5\\.0 .*Chrome/.*")) {
          banned.add(user);
          banned.add(address);
          event(exchange, "{\"message\":\"Illegal request\"}");
          return;
        }
      }
      String[] parts = path.split("/");
      if (path.startsWith("/api/files/download/")
          && parts.length == 6
          && known.contains(parts[5])) {
        download(exchange, new String[] {parts[4], parts[5]}, user);
        return;
      }
      if (path.startsWith("/api/files")) {
        passOn(exchange, path, body);
        return;
      }
      chat(exchange, path, query, body, claims, userAgent);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** LibreChat's doors for files, as another fake keeps them. */
  public FakeLibreChatFiles files() {
    return files;
  }

  private void passOn(HttpExchange exchange, String path, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(files.url() + path))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    for (String header : List.of("Content-Type", "User-Agent", "Authorization")) {
      String value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        request.header(header, value);
      }
    }
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.sendResponseHeaders(
        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
    exchange.getResponseBody().write(answer.body());
  }

  /** The only door for the token of a trigger. */
  private static boolean isTrigger(HttpExchange exchange, String path) {
    return "POST".equals(exchange.getRequestMethod())
        && path.equals("/api/agents/chat/agents")
        && "1".equals(exchange.getRequestHeaders().getFirst("x-lc-agent-trigger"));
  }

  private void chat(
      HttpExchange exchange,
      String path,
      String query,
      byte[] body,
      Document claims,
      String userAgent)
      throws IOException, InterruptedException {
    String chat = "/api/agents/chat/";
    String door = path.startsWith(chat) ? path.substring(chat.length()) : "";
    boolean get = "GET".equals(exchange.getRequestMethod());
    String user = claims.getString("id");
    if (get && door.startsWith("status/")) {
      status(exchange, door.substring("status/".length()), query, user);
    } else if (get && door.startsWith("stream/")) {
      stream(exchange, door.substring("stream/".length()), query, user);
    } else if (get && door.equals("active")) {
      json(exchange, new Document("activeJobIds", active(user)).toJson());
    } else if (get && door.equals("queued-turns") && knowsQueuedTurns) {
      String conversationId = String.valueOf(query).replaceAll("(^|.*&)conversationId=", "");
      json(
          exchange,
          new Document(
                  "queuedTurns",
                  List.copyOf(queuedTurns.getOrDefault(conversationId, new ArrayDeque<>())))
              .append("capability", new Document("supported", true).append("durability", "durable"))
              .append("revision", 1)
              .toJson());
    } else if ("POST".equals(exchange.getRequestMethod()) && door.matches("[^/]+")) {
      Document question = Document.parse(new String(body, StandardCharsets.UTF_8));
      asked.add(new Asked(door, question, userAgent, claims));
      start(exchange, question, user);
    } else {
      send(exchange, 404, "application/json", "{\"message\":\"Endpoint not found\"}");
    }
  }

  private List<String> active(String user) {
    return byConversation.entrySet().stream()
        .filter(entry -> entry.getValue().user.equals(user) && !entry.getValue().isOver())
        .filter(entry -> !entry.getValue().saving)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void status(HttpExchange exchange, String conversationId, String query, String user)
      throws IOException {
    int spoken =
        Math.min(version, String.valueOf(query).contains("generationProtocolVersion=2") ? 2 : 1);
    Generation current = byConversation.get(conversationId);
    int answer = statusAnswers.getOrDefault(conversationId, 200);
    if (current != null && !current.user.equals(user)) {
      send(exchange, 403, "application/json", "{\"error\":\"Unauthorized\"}");
      return;
    }
    if (answer == 503 || (current != null && current.saving)) {
      notReady(exchange, spoken);
      return;
    }
    if (answer != 200) {
      send(exchange, answer, "text/plain", "Something broke");
      return;
    }
    boolean paused = waitingForApproval.containsKey(conversationId);
    boolean active = paused || (current != null && !current.isOver());
    Document status = new Document("active", active).append("generationProtocolVersion", spoken);
    if (active) {
      status
          .append("streamId", conversationId)
          .append("status", paused ? "requires_action" : "running")
          .append("aggregatedContent", List.of());
    } else {
      // Reads of version 2 can be repeated; those of version 1 take what they read.
      List<String> steers =
          spoken == 2 ? parked.get(conversationId) : parked.remove(conversationId);
      if (steers != null) {
        if (spoken == 1) {
          lost.addAll(steers);
        }
        status.append(
            "unrecoveredSteers",
            steers.stream().map(words -> new Document("text", words)).toList());
      }
    }
    json(exchange, status.toJson());
  }

  private static void notReady(HttpExchange exchange, int spoken) throws IOException {
    exchange.getResponseHeaders().add("Retry-After", "1");
    send(
        exchange,
        503,
        "application/json",
        "{\"code\":\"SERVER_NOT_READY\",\"generationProtocolVersion\":" + spoken + "}");
  }

  private void start(HttpExchange exchange, Document body, String user)
      throws IOException, InterruptedException {
    String conversationId = body.getString("conversationId");
    String requestId = body.getString("clientRequestId");
    Generation known = byRequest.get(requestId);
    if (known != null && known.saving) {
      notReady(exchange, 2);
      return;
    }
    if (known != null) {
      Generation current = byConversation.get(conversationId);
      boolean replaced = current != known && current != null && !current.isOver();
      json(
          exchange,
          replaced
              ? started(current, "replaced")
              : known.isOver() ? settled(conversationId) : started(known, "resumed"));
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
      case IS_NOT_READY -> notReady(exchange, 2);
      case IS_SAVING_THE_PARENT ->
          send(
              exchange,
              409,
              "application/json",
              "{\"error\":\"Cannot submit a follow-up while the selected message is being saved\"}");
      case IS_DOWN -> {}
      default -> {
        Generation generation = new Generation(body, user, manner);
        Generation other = byConversation.put(conversationId, generation);
        if (other != null && !other.isOver()) {
          abort(other);
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
            case ANSWERS_IN_PARTS -> 500;
            case ANSWERS_LATE -> 5_000;
            default -> 150;
          });
      if (generation.destroyed) {
        return;
      }
      if (generation.manner == Manner.ANSWERS_IN_PARTS) {
        write(generation, false, true);
        TimeUnit.SECONDS.sleep(1);
        if (!generation.destroyed) {
          complete(generation);
        }
        return;
      }
      if (generation.manner == Manner.SAVES_SLOWLY) {
        generation.saving = true;
        TimeUnit.SECONDS.sleep(1);
      }
      switch (generation.manner) {
        // The stream alone tells of these ends, and is gone after the end.
        case ENDS_WITHOUT_AN_ANSWER, FAILS_IN_THE_STREAM ->
            generation.streamed.await(5, TimeUnit.SECONDS);
        case ANSWERS_WITH_AN_ERROR -> write(generation, true, false);
        case IS_OUT_OF_QUOTA -> write(generation, true, false);
        case IS_STOPPED -> write(generation, false, true);
        default -> write(generation, false, false);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      generation.saving = false;
      generation.over.countDown();
    }
  }

  private void complete(Generation generation) {
    libreChat
        .collection("messages")
        .updateOne(
            eq("messageId", generation.answer.getString("messageId")),
            Updates.combine(
                Updates.set("unfinished", false), Updates.set("updatedAt", new Date())));
  }

  private void write(Generation generation, boolean error, boolean unfinished) {
    Date now = new Date();
    String conversationId = generation.body.getString("conversationId");
    if (!conversationId.matches("[0-9a-fA-F-]{36}")) {
      // The chat streams an answer and saves nothing.
      return;
    }
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
    answer.putAll(moreOfAnswers.getOrDefault(conversationId, new Document()));
    libreChat.collection("messages").insertOne(answer);
    libreChat
        .collection("conversations")
        .updateOne(eq("conversationId", conversationId), Updates.set("updatedAt", now));
    generation.answer = answer;
  }

  private void stream(HttpExchange exchange, String streamId, String query, String user)
      throws IOException, InterruptedException {
    Generation generation = byConversation.get(streamId);
    if (generation != null && !generation.user.equals(user)) {
      send(exchange, 403, "application/json", "{\"error\":\"Unauthorized\"}");
      return;
    }
    String wanted = "generationCreatedAt=";
    if (generation != null
        && !generation.isOver()
        && String.valueOf(query).contains(wanted)
        && !String.valueOf(query).contains(wanted + generation.createdAt)) {
      send(exchange, 409, "application/json", "{\"code\":\"GENERATION_REPLACED\"}");
      return;
    }
    if (generation == null || generation.isOver() || generation.manner == Manner.HAS_NO_STREAM) {
      send(exchange, 404, "application/json", "{\"error\":\"Stream not found\"}");
      return;
    }
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    generation.streamed.countDown();
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
      } else if (generation.destroyed) {
        // An aborted run ends its stream with a final frame, too.
        frame(out, "message", "{\"final\":true,\"aborted\":true,\"unfinished\":true}");
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

  /** Returns the claims of a valid token; null for other tokens. */
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

  /** Returns the complete answers in this conversation, in their order. */
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
    files.close();
    vertx.close();
  }
}
