package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process dies while texts go out: none is lost, and none goes twice. */
class OutboxCrashIT {

  private static DatabaseForReplicas database;
  private static FakeTwilio twilio;
  private static FakeLibreChat storage;
  private static String conversation;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    database = new DatabaseForReplicas();
    conversation = database.libreChat.conversation(database.owner);
    twilio = FakeTwilio.start();
    storage = new FakeLibreChat(0);
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      database.close();
      twilio.close();
      storage.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // The place of the crash, the number of texts at Twilio then, and the state after the next
    // start.
    "counted, 0, sent",
    "queued, 0, sent",
    "claimed, 0, dead",
    "handed, 1, dead",
    "recorded, 1, sent"
  })
  void a_text_on_its_way_out_is_neither_lost_nor_sent_twice(
      String place, int takenThen, String state) throws Exception {
    String to = "+1557" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    String key = "killed-at-" + place;
    try (Replica dying = replica("-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      assertThat(send(dying, to, key, "Killed at " + place)).isIn(0, 202);
      dying.died();
    }
    assertThat(twilio.taken(to)).hasSize(takenThen);
    try (Replica next = replica().ready()) {
      // Callers repeat requests without a response.
      assertThat(send(next, to, key, "Killed at " + place)).isEqualTo(202);
      await().until(() -> state(to).equals(state));
      if (place.equals("handed")) {
        // Twilio's status callback settles the state that the dead process did not store.
        String sid = twilio.taken(to).get(0).sid();
        assertThat(callback(next, id(to), Twilio.status(sid, "delivered"))).isEqualTo(200);
        assertThat(state(to)).isEqualTo("delivered");
      }
      if (place.equals("claimed")) {
        assertThat(twilio.requests(to)).isEmpty();
        assertThat(post(next, "/api/sms/" + id(to) + "/requeue", "", null)).isEqualTo(200);
        await().until(() -> state(to).equals("sent"));
      }
      assertThat(twilio.requests(to)).hasSize(1);
      assertThat(twilio.taken(to)).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"queued", "counted", "released"})
  void a_text_that_waits_for_its_time_survives_and_is_sent_once_with_all_parts(String place)
      throws Exception {
    String to = "+1556%07d".formatted(Math.floorMod(place.hashCode(), 10_000_000));
    String key = "waits-killed-at-" + place;
    String more =
        ",\"sendAt\":\"" + Instant.now().plusSeconds(20).truncatedTo(ChronoUnit.SECONDS) + "\"";
    String words = "word ".repeat(500);
    try (Replica dying = replica("-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      assertThat(send(dying, to, key, words, more)).isIn(0, 202);
      dying.died();
    }
    assertThat(twilio.taken(to)).isEmpty();
    try (Replica one = replica().ready();
        Replica other = replica().ready()) {
      assertThat(send(one, to, key, words, more)).isEqualTo(202);
      await().until(() -> twilio.taken(to).size() == 2);
      await().until(() -> state(to).equals("sent"));
      assertThat(other).isNotNull();
    }
    assertThat(twilio.requests(to)).hasSize(2);
    assertThat(twilio.taken(to).get(0).text()).startsWith("(1/2)");
  }

  @ParameterizedTest
  @CsvSource({
    // Where it dies, how many texts Twilio has then, and what the next process makes of it.
    "counted, 0, sent",
    "queued, 0, sent",
    "fetching, 0, sent",
    "copied, 0, sent",
    "fetched, 0, sent",
    "opened, 0, sent",
    "claimed, 0, dead",
    "handed, 1, dead",
    "recorded, 1, sent"
  })
  void a_text_with_a_picture_is_neither_lost_nor_sent_twice_and_has_one_address(
      String place, int takenThen, String state) throws Exception {
    String to = "+1558%07d".formatted(Math.floorMod(place.hashCode(), 10_000_000));
    String key = "picture-killed-at-" + place;
    String picture =
        storage.has(database.owner, place + ".png", "image/png", MediaSamples.plain("png"));
    String media = ",\"media\":[\"" + picture + "\"]";
    try (Replica dying = withPictures("-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      assertThat(send(dying, to, key, "Killed at " + place, media)).isIn(0, 202);
      dying.died();
    }
    assertThat(twilio.taken(to)).hasSize(takenThen);
    // The claim of a process that died ends, as it does after its minutes.
    database
        .libreChat
        .collection("switchboard_outbox")
        .updateMany(
            new Document("phoneNumber", to).append("filesDueAt", new Document("$exists", true)),
            new Document("$set", new Document("filesDueAt", new Date(0))));
    try (Replica next = withPictures().ready()) {
      assertThat(send(next, to, key, "Killed at " + place, media)).isEqualTo(202);
      await().until(() -> state(to).equals(state));
      if (place.equals("claimed")) {
        assertThat(twilio.requests(to)).isEmpty();
        assertThat(post(next, "/api/sms/" + id(to) + "/requeue", "", null)).isEqualTo(200);
        await().until(() -> state(to).equals("sent"));
      }
      assertThat(twilio.requests(to)).hasSize(1);
      assertThat(twilio.taken(to)).hasSize(1);
      assertThat(twilio.taken(to).get(0).mediaUrls()).hasSize(1);
      String path = URI.create(twilio.taken(to).get(0).mediaUrls().get(0)).getPath();
      assertThat(status(HttpRequest.newBuilder(URI.create(next.url(path))))).isEqualTo(200);
      Document item =
          database
              .libreChat
              .collection("switchboard_media")
              .find(new Document("fileName", place + ".png"))
              .first();
      assertThat(item.getList("capabilities", Document.class)).hasSize(1);
      assertThat(
              database
                  .libreChat
                  .collection("switchboard_media")
                  .countDocuments(new Document("fileName", place + ".png")))
          .isEqualTo(1);
    }
  }

  private static Replica withPictures(String... more) throws IOException {
    String[] all = Arrays.copyOf(more, more.length + 1);
    all[more.length] = "-Dswitchboard.librechat-url=" + storage.url();
    return replica(all);
  }

  @ParameterizedTest
  @CsvSource({"appended", "bumped", "queued"})
  void a_text_is_passed_on_to_the_group_once_wherever_the_process_dies(String place)
      throws Exception {
    String group = database.libreChat.conversation(database.owner);
    int number = Math.floorMod(place.hashCode(), 100_000);
    String author = "+15591%06d".formatted(number);
    List<String> others = List.of("+15592%06d".formatted(number), "+15593%06d".formatted(number));
    Twilio sms = Twilio.sms("Killed at " + place).from(author);
    Caller caller = new Caller();
    String relay = "-Dswitchboard.groups.relay=true";
    try (Replica healthy = replica(relay).ready()) {
      for (String phone : List.of(author, others.get(0), others.get(1))) {
        String mapping =
            "{\"phoneNumber\":\"%s\",\"conversationId\":\"%s\"}".formatted(phone, group);
        assertThat(post(healthy, "/api/mappings", mapping, null)).isEqualTo(201);
      }
    }
    try (Replica dying = replica(relay, "-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      // 200 on a slow machine: a webhook waits two seconds for a message that is kept.
      assertThat(caller.webhook(dying, sms)).isIn(0, 200);
      dying.died();
    }
    try (Replica next = replica(relay).ready()) {
      await().until(() -> others.stream().allMatch(phone -> state(phone).equals("sent")));
      // Callers repeat requests without a response.
      assertThat(caller.webhook(next, sms)).isEqualTo(200);
      assertThat(caller.webhook(next, Twilio.sms("After it").from(author))).isEqualTo(200);
      await().until(() -> others.stream().allMatch(phone -> twilio.taken(phone).size() == 2));
      assertThat(twilio.taken(author)).isEmpty();
    }
  }

  @Test
  void random_kills_while_many_texts_go_out_lose_and_repeat_none() throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed of the random kills: " + seed);
    Random random = new Random(seed);
    String to = "+15589990000";
    Set<String> texts = ConcurrentHashMap.newKeySet();
    int kills = 3;
    for (int kill = 0; kill < kills; kill++) {
      try (Replica replica = replica().ready()) {
        int round = kill;
        Thread caller =
            new Thread(
                () -> {
                  for (int i = 0; replica.isAlive() && i < 200; i++) {
                    String text = "Kill " + round + " text " + i;
                    texts.add(text);
                    send(replica, to.substring(0, 8) + (1000 + i % 20), text, text);
                  }
                });
        caller.start();
        TimeUnit.MILLISECONDS.sleep(1_500 + random.nextInt(2_000));
        replica.kill();
        caller.join();
      }
    }
    try (Replica last = replica().ready()) {
      for (String text : texts) {
        int i = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
        assertThat(send(last, to.substring(0, 8) + (1000 + i % 20), text, text)).isEqualTo(202);
      }
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  states(texts).keySet().stream()
                      .noneMatch(Set.of("queued", "sending", "ambiguous")::contains));
      Map<String, Integer> states = states(texts);
      int twice = 0;
      int neverAsked = 0;
      for (String text : texts) {
        long sent =
            java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> twilio.taken(to.substring(0, 8) + (1000 + i)))
                .flatMap(List::stream)
                .filter(request -> request.text().equals(text))
                .count();
        twice += sent > 1 ? 1 : 0;
        neverAsked += sent == 0 && !"dead".equals(stateOf(text)) ? 1 : 0;
      }
      System.out.printf(
          "%d texts, %d kills: lost %d, twice %d, left for a person %d%n",
          texts.size(), kills, neverAsked, twice, states.getOrDefault("dead", 0));
      assertThat(twice).isZero();
      assertThat(neverAsked).isZero();
      assertThat(states.values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(texts.size());
      // A text is in doubt only if the process dies during the request to Twilio.
      assertThat(states.getOrDefault("dead", 0)).isLessThanOrEqualTo(kills * 4);
    }
  }

  private static Replica replica(String... more) throws IOException {
    String[] options = {
      "-Dswitchboard.twilio.api-url=" + twilio.url(),
      "-Dswitchboard.twilio.from=+15557654321",
      "-Dswitchboard.outbox.segments-per-second=500",
      "-Dswitchboard.outbox.callback-timeout=2s"
    };
    String[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return Replica.start(database.uri(), all);
  }

  private int send(Replica replica, String to, String key, String text) {
    return send(replica, to, key, text, "");
  }

  private int send(Replica replica, String to, String key, String text, String more) {
    return post(
        replica,
        "/api/sms",
        "{\"to\":\"%s\",\"conversationId\":\"%s\",\"text\":\"%s\"%s}"
            .formatted(to, conversation, text, more),
        key.replace(' ', '-'));
  }

  /** The status of the answer; 0 where there was none. */
  private int post(Replica replica, String path, String body, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(replica.url(path)))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .header("X-API-Key", TestDatabase.API_KEY)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return status(request);
  }

  private int callback(Replica replica, String id, Twilio status) {
    Twilio signed = status.withQuery("?id=" + id);
    return status(
        HttpRequest.newBuilder(URI.create(replica.url(Twilio.STATUS + "?id=" + id)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", signed.signature())
            .POST(HttpRequest.BodyPublishers.ofString(signed.body())));
  }

  private int status(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException noAnswer) {
      return 0;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static Document entry(Document query) {
    return database.libreChat.collection("switchboard_outbox").find(query).first();
  }

  private static String id(String to) {
    return entry(new Document("phoneNumber", to)).getString("_id");
  }

  private static String state(String to) {
    Document entry = entry(new Document("phoneNumber", to));
    return entry == null ? "none" : entry.getString("state").toLowerCase(java.util.Locale.ROOT);
  }

  private static String stateOf(String text) {
    return entry(new Document("body", text)).getString("state").toLowerCase(java.util.Locale.ROOT);
  }

  private static Map<String, Integer> states(Set<String> texts) {
    Map<String, Integer> states = new TreeMap<>();
    database
        .libreChat
        .collection("switchboard_outbox")
        .find()
        .forEach(
            entry -> {
              if (texts.contains(entry.getString("body"))) {
                states.merge(
                    entry.getString("state").toLowerCase(java.util.Locale.ROOT), 1, Integer::sum);
              }
            });
    return states;
  }
}
