package chat.switchboard.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Twilio's REST API for messages, as far as we use it: it takes everything, unless it was told what
 * to do with the next text to a number. As a program of its own it also tells what became of it.
 */
public final class FakeTwilio implements AutoCloseable {

  /** The reaction to a request. */
  public enum Mood {
    /** 201. */
    TAKES,
    /** 400 with 21211: the number is none. */
    NO_NUMBER,
    /** 400 with 21610: the person has opted out. */
    OPTED_OUT,
    /** 429 with 20429 and Retry-After: 1. */
    TOO_MANY,
    /** 503 with 20503: it says that it took nothing. */
    UNAVAILABLE,
    /** 500 with 20500: it does not say whether it took it; it did not. */
    INTERNAL,
    /** 502 by something in between, in HTML; the text was not taken. */
    GATEWAY,
    /** 401 with 20003. */
    UNAUTHORIZED,
    /** Twilio accepts the text and never responds. */
    TAKES_AND_HANGS,
    /** Twilio accepts the text, and the connection breaks. */
    TAKES_AND_DROPS,
    /** The connection breaks after the request was read; the text was not taken. */
    DROPS,
    /** Twilio accepts the text and sends a response without an end: a megabyte and more. */
    TAKES_AND_TELLS_TOO_MUCH,
    /**
     * Twilio accepts the text and sends its response byte by byte, without a pause and without an
     * end.
     */
    TAKES_AND_DRIPS
  }

  /**
   * An answer in its very bytes.
   *
   * @param body in which {@code {sid}} stands for the SID of the message
   */
  public record Answer(int status, String body) {}

  /** A request that came. */
  public record Request(
      String sid,
      Map<String, String> form,
      List<String> mediaUrls,
      String authorization,
      Instant at,
      boolean taken) {

    public String to() {
      return form.get("To");
    }

    public String text() {
      return form.get("Body");
    }
  }

  /**
   * A file that Twilio fetched for a text that it took: first by HEAD, then by GET.
   *
   * @param fault why Twilio would give the message up; null if nothing
   */
  public record Fetched(
      String to, String url, String type, String disposition, byte[] bytes, String fault) {}

  /** A number with which the program of its own can be tried, and what it does. */
  private static final Map<String, Mood> MAGIC =
      Map.of(
          "+15005550001", Mood.NO_NUMBER,
          "+15005550610", Mood.OPTED_OUT,
          "+15005550429", Mood.TOO_MANY,
          "+15005550500", Mood.INTERNAL,
          "+15005550503", Mood.UNAVAILABLE,
          "+15005550504", Mood.TAKES_AND_HANGS,
          "+15005550444", Mood.TAKES_AND_DROPS);

  /**
   * A template of the Content API.
   *
   * @param status what WhatsApp says, such as {@code approved}
   * @param variables the names of the variables, with an example of each
   */
  public record Template(
      String sid,
      String name,
      String language,
      String category,
      String status,
      String body,
      Map<String, String> variables) {}

  private static final String RESERVED = "chat.switchboard.test.twilio-port";

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<Mood>> moods = new ConcurrentHashMap<>();
  private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
  private final Map<String, Mood> always = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int port;
  private volatile HttpServer server;
  private volatile java.util.function.Consumer<Request> whenTaken = request -> {};
  private final List<Fetched> fetched = new CopyOnWriteArrayList<>();
  private volatile String service;
  private final Map<String, Template> templates = new ConcurrentHashMap<>();
  private final Map<String, Instant> written = new ConcurrentHashMap<>();
  private final Map<String, Boolean> closing = new ConcurrentHashMap<>();
  private volatile Duration later = Duration.ZERO;
  private volatile boolean watchesWindows;
  private volatile String contentFault;
  private final java.util.concurrent.atomic.AtomicInteger listed =
      new java.util.concurrent.atomic.AtomicInteger();

  private FakeTwilio(int port) {
    this.server = listen(port);
    this.port = server.getAddress().getPort();
  }

  public static FakeTwilio start() {
    return new FakeTwilio(0);
  }

  /** Listens where {@link #reservedUrl()} says. */
  public static FakeTwilio startReserved() {
    return new FakeTwilio(Integer.getInteger(RESERVED));
  }

  /**
   * Where it is going to listen: the configuration of a Quarkus test is made by another class
   * loader than its tests, so that they share the port and nothing else.
   */
  public static String reservedUrl() {
    Integer reserved = Integer.getInteger(RESERVED);
    if (reserved != null) {
      return "http://127.0.0.1:" + reserved;
    }
    int port = FreePort.next();
    System.setProperty(RESERVED, String.valueOf(port));
    return "http://127.0.0.1:" + port;
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Sets the reactions to the next requests for texts to this number, in this order. */
  public FakeTwilio with(String to, Mood... next) {
    moods.computeIfAbsent(to, number -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
    return this;
  }

  /** Sets the responses to the next requests for texts to this number, in this order. */
  public FakeTwilio answers(String to, Answer... next) {
    answers.computeIfAbsent(to, number -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
    return this;
  }

  /** Sets the reaction to all further requests for texts to this number. */
  public FakeTwilio always(String to, Mood mood) {
    always.put(to, mood);
    return this;
  }

  /**
   * From now on free texts to WhatsApp meet 63016 outside the window, and Twilio calls back.
   *
   * @param base where the service really listens
   */
  public FakeTwilio watchesWindows(String base) {
    watchesWindows = true;
    HttpClient client = HttpClient.newHttpClient();
    whenTaken =
        request -> {
          String url = request.form().get("StatusCallback");
          if (url == null || !request.to().startsWith("whatsapp:")) {
            return;
          }
          boolean isLost =
              closing.remove(request.to()) != null
                  || (request.form().get("ContentSid") == null && !isOpen(request.to()));
          threads.execute(
              () -> {
                for (String status : isLost ? List.of("failed") : List.of("sent", "delivered")) {
                  Twilio callback = Twilio.status(request.sid(), status);
                  tell(client, isLost ? callback.error(63016) : callback, url, base);
                }
              });
        };
    return this;
  }

  /** The window of this person closes before the next message arrives, even of a template. */
  public FakeTwilio closesBefore(String person) {
    closing.put(person, true);
    return this;
  }

  /** The person writes, by Twilio's clock. */
  public FakeTwilio wrote(String person) {
    written.put(person, Instant.now().plus(later));
    return this;
  }

  /** Moves Twilio's clock. */
  public FakeTwilio later(Duration time) {
    later = later.plus(time);
    return this;
  }

  /** Whether WhatsApp takes a free text to this person now. */
  public boolean isOpen(String person) {
    Instant at = written.get(person);
    return at != null && Instant.now().plus(later).isBefore(at.plus(Duration.ofHours(24)));
  }

  private static void tell(HttpClient client, Twilio callback, String url, String base) {
    URI address = URI.create(url);
    callback.signedFor(url);
    try {
      client.send(
          HttpRequest.newBuilder(
                  URI.create(base + address.getRawPath() + "?" + address.getRawQuery()))
              .timeout(Duration.ofSeconds(10))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("X-Twilio-Signature", callback.signature())
              .POST(HttpRequest.BodyPublishers.ofString(callback.body()))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** The account has this template. */
  public FakeTwilio knows(Template template) {
    templates.put(template.sid(), template);
    return this;
  }

  /** From now on the Content API answers so; null for the templates. */
  public FakeTwilio contentFault(String fault) {
    contentFault = fault;
    return this;
  }

  /** How many pages of templates were read. */
  public int pagesRead() {
    return listed.get();
  }

  /** One template on a page, as Twilio pages its lists. */
  private void listTemplates(HttpExchange exchange) throws IOException {
    listed.incrementAndGet();
    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
      answer(exchange, 401, error(401, 20003, "Authenticate"));
      return;
    }
    if (contentFault != null) {
      answer(exchange, 503, contentFault);
      return;
    }
    String query = exchange.getRequestURI().getQuery();
    int page =
        query != null && query.contains("Page=")
            ? Integer.parseInt(query.replaceAll("(?s).*Page=([0-9]+).*", "$1"))
            : 0;
    List<Template> all =
        templates.values().stream().sorted(java.util.Comparator.comparing(Template::sid)).toList();
    String next =
        page + 1 < all.size()
            ? "\"" + url() + "/v1/ContentAndApprovals?PageSize=50&Page=" + (page + 1) + "\""
            : "null";
    String content = page < all.size() ? json(all.get(page)) : "";
    answer(
        exchange,
        200,
        "{\"contents\":["
            + content
            + "],\"meta\":{\"page\":"
            + page
            + ",\"page_size\":50,"
            + "\"next_page_url\":"
            + next
            + ",\"key\":\"contents\"}}");
  }

  private static String json(Template one) {
    com.fasterxml.jackson.databind.ObjectMapper json =
        new com.fasterxml.jackson.databind.ObjectMapper();
    com.fasterxml.jackson.databind.node.ObjectNode node = json.createObjectNode();
    node.put("sid", one.sid()).put("friendly_name", one.name()).put("language", one.language());
    node.set("variables", json.valueToTree(one.variables()));
    node.putObject("types").putObject("twilio/text").put("body", one.body());
    node.putObject("approval_requests")
        .put("name", one.name())
        .put("category", one.category())
        .put("status", one.status())
        .put("rejection_reason", "");
    return node.toString();
  }

  /** Twilio refuses words beside a template, and variables that the template does not know. */
  private int templateRefusal(Map<String, String> form) {
    String sid = form.get("ContentSid");
    if (sid == null) {
      return form.get("ContentVariables") == null ? 0 : 21654;
    }
    if (contents.containsKey(sid)) {
      return form.get("Body") == null && form.get("MediaUrl") == null ? 0 : 21655;
    }
    Template template = templates.get(sid);
    if (template == null || form.get("Body") != null || form.get("MediaUrl") != null) {
      return 21655;
    }
    try {
      com.fasterxml.jackson.databind.JsonNode variables =
          new com.fasterxml.jackson.databind.ObjectMapper()
              .readTree(form.getOrDefault("ContentVariables", "{}"));
      java.util.Set<String> names = new java.util.HashSet<>();
      variables.fieldNames().forEachRemaining(names::add);
      boolean fits =
          names.equals(template.variables().keySet())
              && java.util.stream.StreamSupport.stream(variables.spliterator(), false)
                  .allMatch(
                      value ->
                          value.isTextual()
                              && !value.textValue().isEmpty()
                              && !value.textValue().matches("(?s).*([\\n\\t]| {5}).*"));
      return fits ? 0 : 21656;
    } catch (IOException malformed) {
      return 21656;
    }
  }

  /** Stops listening. */
  public void hangUp() {
    server.stop(0);
  }

  public void pickUp() {
    server = listen(port);
  }

  /**
   * From now on Twilio fetches the files of the texts that it takes.
   *
   * @param base where the service really listens
   */
  public FakeTwilio fetchesFrom(String base) {
    service = base;
    return this;
  }

  /** The files that Twilio fetched for texts to this number, in any order. */
  public List<Fetched> fetched(String to) {
    return fetched.stream().filter(file -> file.to().equals(to)).toList();
  }

  private void fetch(String to, String url) {
    URI address = URI.create(url);
    String real = service + address.getRawPath();
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    try {
      HttpResponse<byte[]> head = ask(client, real, "HEAD");
      HttpResponse<byte[]> get = ask(client, real, "GET");
      fetched.add(
          new Fetched(
              to,
              url,
              get.headers().firstValue("Content-Type").orElse(null),
              get.headers().firstValue("Content-Disposition").orElse(null),
              get.body(),
              fault(head, get)));
    } catch (IOException failure) {
      fetched.add(new Fetched(to, url, null, null, new byte[0], failure.toString()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpResponse<byte[]> ask(HttpClient client, String url, String method)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(15))
            .header("User-Agent", "TwilioProxy/1.1")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Twilio compares the header with the content, and wants a type that it knows. */
  private static String fault(HttpResponse<byte[]> head, HttpResponse<byte[]> get) {
    String type = get.headers().firstValue("Content-Type").orElse("");
    long length = get.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (head.statusCode() != 200 || get.statusCode() != 200) {
      return "11200: " + head.statusCode() + " and " + get.statusCode();
    }
    if (!type.matches("(image|audio|video|text|application)/[a-z0-9.+-]+(;.*)?")
        || type.startsWith("application/octet-stream")) {
      return "12300: " + type;
    }
    boolean isOther =
        type.equals("image/png")
                && !new String(get.body(), 1, 3, StandardCharsets.US_ASCII).equals("PNG")
            || type.equals("image/jpeg") && (get.body()[0] & 0xFF) != 0xFF;
    if (isOther) {
      return "12300: not " + type;
    }
    if (!head.headers().firstValue("Content-Type").equals(get.headers().firstValue("Content-Type"))
        || head.headers().firstValueAsLong("Content-Length").orElse(-2) != length
        || length != get.body().length) {
      return "HEAD and GET differ, or the length is wrong";
    }
    return get.body().length > 5_000_000 ? "11751: too large" : null;
  }

  /** All requests for texts to this number. */
  public List<Request> requests(String to) {
    return requests.stream().filter(request -> to.equals(request.to())).toList();
  }

  /** The texts that went to this number. */
  public List<Request> taken(String to) {
    return requests(to).stream().filter(Request::taken).toList();
  }

  private HttpServer listen(int wanted) {
    try {
      HttpServer listening =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 64);
      listening.setExecutor(threads);
      listening.createContext("/2010-04-01/Accounts/", this::handle);
      listening.createContext("/v1/ContentAndApprovals", this::listTemplates);
      listening.createContext("/v2/Indicators/Typing.json", this::type);
      listening.createContext("/v1/Content", this::makeContent);
      listening.start();
      return listening;
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  private final Map<String, String> contents = new ConcurrentHashMap<>();
  private volatile int contentStatus = 201;

  /** The contents that were made, as JSON, by their SIDs. */
  public Map<String, String> contents() {
    return Map.copyOf(contents);
  }

  /** The status of all further requests that make a content; 201 for success. */
  public FakeTwilio contentStatus(int status) {
    contentStatus = status;
    return this;
  }

  /** Twilio forgets its contents: a message with one of them is refused. */
  public FakeTwilio forgetsContents() {
    contents.clear();
    return this;
  }

  /** As Twilio and WhatsApp limit buttons and lists. */
  private void makeContent(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String sid = "HX" + Twilio.newSid().substring(2);
    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
      answer(exchange, 401, error(401, 20003, "Authenticate"));
    } else if (contentStatus != 201) {
      answer(exchange, contentStatus, error(contentStatus, 20500, "Internal Server Error"));
    } else if (!exchange.getRequestURI().getPath().equals("/v1/Content")
        || !"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
        || !isContent(body)) {
      answer(exchange, 400, error(400, 20001, "Invalid content"));
    } else {
      contents.put(sid, body);
      answer(exchange, 201, "{\"sid\":\"" + sid + "\",\"friendly_name\":\"x\"}");
    }
  }

  private static boolean isContent(String body) throws IOException {
    com.fasterxml.jackson.databind.JsonNode content =
        new com.fasterxml.jackson.databind.ObjectMapper().readTree(body);
    com.fasterxml.jackson.databind.JsonNode reply = content.at("/types/twilio~1quick-reply");
    com.fasterxml.jackson.databind.JsonNode list = content.at("/types/twilio~1list-picker");
    boolean isReply =
        reply.path("actions").size() >= 1
            && reply.path("actions").size() <= 10
            && fits(reply.path("body").asText(), 1_024)
            && all(reply.path("actions"), one -> fits(one.path("title").asText(), 25))
            && all(reply.path("actions"), one -> one.path("type").asText().equals("QUICK_REPLY"));
    boolean isList =
        list.path("items").size() >= 1
            && list.path("items").size() <= 10
            && fits(list.path("body").asText(), 1_024)
            && fits(list.path("button").asText(), 20)
            && all(
                list.path("items"),
                one -> fits(one.path("item").asText(), 24) && fits(one.path("id").asText(), 200));
    return content.path("types").size() == 1
        && fits(content.path("language").asText(), 10)
        && (isReply || isList);
  }

  private static boolean fits(String text, int longest) {
    return !text.isBlank() && text.length() <= longest;
  }

  private static boolean all(
      com.fasterxml.jackson.databind.JsonNode list,
      java.util.function.Predicate<com.fasterxml.jackson.databind.JsonNode> test) {
    for (com.fasterxml.jackson.databind.JsonNode one : list) {
      if (!test.test(one)) {
        return false;
      }
    }
    return true;
  }

  private final List<String> typing = new CopyOnWriteArrayList<>();
  private volatile Mood typingMood = Mood.TAKES;

  /** The SIDs of the texts below which the typing indicator was shown. */
  public List<String> typing() {
    return List.copyOf(typing);
  }

  /** The reaction to all further requests for the typing indicator. */
  public FakeTwilio typingMood(Mood mood) {
    typingMood = mood;
    return this;
  }

  /** As Twilio documents the request: a form with two fields, and nothing else. */
  private void type(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    boolean isForm =
        "application/x-www-form-urlencoded"
            .equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    String sid = form.getOrDefault("messageId", "");
    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
      answer(exchange, 401, error(401, 20003, "Authenticate"));
    } else if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, error(405, 20004, "Method not allowed"));
    } else if (!isForm
        || form.size() != 2
        || !"whatsapp".equals(form.get("channel"))
        || !sid.matches("(SM|MM)[0-9a-fA-F]{32}")) {
      answer(exchange, 400, error(400, 20001, "Invalid parameter"));
    } else if (typingMood == Mood.TAKES_AND_HANGS) {
      hang();
    } else if (typingMood != Mood.TAKES) {
      answer(exchange, 404, error(404, 20404, "The message was not found"));
    } else {
      typing.add(sid);
      answer(exchange, 200, "{\"success\":true}");
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> form = form(body);
    List<String> mediaUrls = mediaUrls(body);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    int refusal = authorization == null ? 20003 : refusal(form, mediaUrls);
    if (refusal == 0) {
      refusal = templateRefusal(form);
    }
    String to = form.getOrDefault("To", "");
    Queue<Answer> planned = answers.get(to);
    Answer answer = planned == null || refusal != 0 ? null : planned.poll();
    Mood mood = answer != null || refusal != 0 ? Mood.TAKES : mood(to);
    boolean taken =
        answer != null
            ? answer.status() / 100 == 2
            : refusal == 0 && (mood == Mood.TAKES || mood.name().startsWith("TAKES_"));
    Request request =
        new Request(Twilio.newSid(), form, mediaUrls, authorization, Instant.now(), taken);
    requests.add(request);
    if (refusal != 0) {
      int status = refusal == 20003 ? 401 : 400;
      answer(exchange, status, error(status, refusal, "Refused"));
      return;
    }
    if (answer != null) {
      answer(exchange, answer.status(), answer.body().replace("{sid}", request.sid()));
      return;
    }
    switch (mood) {
      case TAKES -> answer(exchange, 201, message(request));
      case NO_NUMBER -> answer(exchange, 400, error(400, 21211, "Invalid 'To' Phone Number"));
      case OPTED_OUT ->
          answer(exchange, 400, error(400, 21610, "Attempt to send to unsubscribed recipient"));
      case TOO_MANY -> {
        exchange.getResponseHeaders().add("Retry-After", "1");
        answer(exchange, 429, error(429, 20429, "Too Many Requests"));
      }
      case UNAVAILABLE -> answer(exchange, 503, error(503, 20503, "Service unavailable"));
      case INTERNAL -> answer(exchange, 500, error(500, 20500, "Internal Server Error"));
      case UNAUTHORIZED -> answer(exchange, 401, error(401, 20003, "Authenticate"));
      case GATEWAY -> {
        exchange.getResponseHeaders().add("Content-Type", "text/html");
        answer(exchange, 502, "<html><body>Bad gateway</body></html>");
      }
      case TAKES_AND_HANGS -> hang();
      case TAKES_AND_DROPS, DROPS -> exchange.close();
      case TAKES_AND_TELLS_TOO_MUCH ->
          answer(
              exchange,
              201,
              message(request).replace("{", "{\"x\":\"" + "x".repeat(1 << 20) + "\","));
      case TAKES_AND_DRIPS -> drip(exchange);
    }
    if (taken) {
      whenTaken.accept(request);
      if (service != null) {
        // As Twilio does, behind its answer.
        mediaUrls.forEach(url -> threads.execute(() -> fetch(to, url)));
      }
    }
  }

  private Mood mood(String to) {
    Queue<Mood> planned = moods.get(to);
    Mood next = planned == null ? null : planned.poll();
    return next != null ? next : always.getOrDefault(to, Mood.TAKES);
  }

  /** Returns the error code with which Twilio always refuses such a text; 0 for none. */
  private static int refusal(Map<String, String> form, List<String> mediaUrls) {
    String body = form.getOrDefault("Body", "");
    if (form.getOrDefault("To", "").isBlank()) {
      return 21604;
    }
    if (form.get("From") == null && form.get("MessagingServiceSid") == null) {
      return 21603;
    }
    if (body.isBlank() && form.get("MediaUrl") == null && form.get("ContentSid") == null) {
      return 21602;
    }
    if (mediaUrls.size() > (form.get("To").startsWith("whatsapp:") ? 1 : 10)) {
      return 21623;
    }
    if (!mediaUrls.stream().allMatch(url -> url.matches("https?://[^/]+/.+"))) {
      return 21620;
    }
    return body.length() > (form.get("To").startsWith("whatsapp:") ? 4096 : 1600) ? 21617 : 0;
  }

  private static void drip(HttpExchange exchange) {
    try {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(201, 0);
      for (int i = 0; i < 600; i++) {
        exchange.getResponseBody().write(' ');
        exchange.getResponseBody().flush();
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (IOException gone) {
      exchange.close();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void hang() {
    try {
      TimeUnit.SECONDS.sleep(60);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (!exchange.getResponseHeaders().containsKey("Content-Type")) {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String message(Request request) {
    return """
        {"sid":"%s","account_sid":"%s","status":"queued","direction":"outbound-api",\
        "num_segments":"1","price":null,"price_unit":"USD","error_code":null,\
        "error_message":null,"date_created":"Sun, 22 Nov 2026 20:00:00 +0000"}"""
        .formatted(request.sid(), Twilio.ACCOUNT);
  }

  private static String error(int status, int code, String message) {
    return """
        {"code":%d,"message":"%s","more_info":"https://www.twilio.com/docs/errors/%d","status":%d}"""
        .formatted(code, message, code, status);
  }

  private static List<String> mediaUrls(String body) {
    return java.util.Arrays.stream(body.split("&"))
        .filter(pair -> pair.startsWith("MediaUrl="))
        .map(pair -> URLDecoder.decode(pair.substring(9), StandardCharsets.UTF_8))
        .toList();
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /**
   * As a program: takes the port, prints each request, and, given the auth token and where the
   * service really listens, calls back with "sent" and "delivered". Texts to +15005550001 meet
   * 21211, …0610 21610, …0429 429, …0500 500, …0503 503, …0504 a hang, …0444 a broken connection.
   */
  public static void main(String[] arguments) throws InterruptedException {
    FakeTwilio twilio = new FakeTwilio(Integer.parseInt(arguments[0]));
    MAGIC.forEach(twilio::always);
    HttpClient client = HttpClient.newHttpClient();
    twilio.whenTaken =
        request -> {
          System.out.println("taken: " + request.sid() + " " + request.form());
          String callback = request.form().get("StatusCallback");
          if (arguments.length < 3 || callback == null) {
            return;
          }
          for (String status : List.of("sent", "delivered")) {
            call(client, request, status, callback, arguments[1], arguments[2]);
          }
        };
    System.out.println("Twilio listens at " + twilio.url());
    new CountDownLatch(1).await();
  }

  private static void call(
      HttpClient client, Request request, String status, String url, String token, String base) {
    Twilio callback = Twilio.status(request.sid(), status).signedFor(url).signedWith(token);
    URI address = URI.create(url);
    client
        .sendAsync(
            HttpRequest.newBuilder(
                    URI.create(base + address.getRawPath() + "?" + address.getRawQuery()))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", callback.signature())
                .POST(HttpRequest.BodyPublishers.ofString(callback.body()))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .thenAccept(answer -> System.out.println(status + ": " + answer.statusCode()));
  }
}
