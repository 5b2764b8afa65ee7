package chat.switchboard.mcp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.address.Mask;
import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.ops.Digests;
import chat.switchboard.support.Browser;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.client.model.Filters;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two users of one LibreChat with own phones, at two replicas of the packaged service on one
 * database. The story of both users is written to {@code target/two-users.txt}.
 */
class TwoUsersIT {

  private static final String KEY = "the-key-of-librechat-0123456789abcdef";
  private static final String OURS = "+15557654321";
  private static final String LINKED = "now belongs to the LibreChat account";
  private static final String NOT_LINKED = "No phone is linked";
  private static final Pattern CODE = Pattern.compile("[A-Z2-9]{4}-[A-Z2-9]{4}");
  private static final Pattern TEXT_ID = Pattern.compile("id `([0-9a-f-]{36})`");
  private static final int MOST_ATTEMPTS = 3;
  private static final AtomicInteger NUMBERS = new AtomicInteger(2_000_000);

  private static DatabaseForReplicas database;
  private static FakeTwilio twilio;
  private static Replica one;
  private static Replica two;

  @BeforeAll
  static void twoReplicas() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    database = new DatabaseForReplicas();
    twilio = FakeTwilio.start();
    String[] options = {
      "-Dswitchboard.keys.\"librechat\".secret-sha256=" + Digests.sha256Hex(KEY),
      "-Dswitchboard.keys.\"librechat\".scopes=mcp",
      "-Dswitchboard.twilio.api-url=" + twilio.url(),
      "-Dswitchboard.twilio.from=" + OURS,
      "-Dswitchboard.quiet-hours="
    };
    one = Replica.start(database.uri(), options);
    two = Replica.start(database.uri(), options);
    one.ready();
    two.ready();
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable started : new AutoCloseable[] {one, two, twilio, database}) {
      try {
        if (started != null) {
          started.close();
        }
      } catch (Exception stopped) {
        throw new IllegalStateException(stopped);
      }
    }
  }

  private final LibreChat libreChat = database == null ? null : database.libreChat;

  // The story

  @Test
  void two_users_link_a_phone_each_and_see_only_their_own_and_an_agent_texts_only_its_own_people()
      throws IOException {
    String ann = libreChat.user();
    String bob = libreChat.user();
    String annsPhone = number();
    String bobsPhone = number();
    String zoe = number();
    Story story = new Story(annsPhone, bobsPhone, zoe);
    McpClient annsAgent = agent(one, ann);
    McpClient bobsAgent = agent(two, bob);
    try (Browser annsBrowser = browser(one, ann);
        Browser bobsBrowser = browser(two, bob)) {
      // A code by the tool, and a code by the page.
      String told = annsAgent.ok("link_my_phone", Map.of());
      story.line("Ann's agent", "link_my_phone → " + told);
      String annsCode = found(CODE, told);
      String bobsCode =
          given()
              .baseUri(two.url(""))
              .header("Authorization", "Bearer " + LibreChat.token(bob))
              .contentType(ContentType.JSON)
              .post("/switchboard/phone/codes")
              .then()
              .statusCode(201)
              .extract()
              .path("code");
      story.line("Bob's page", "POST /switchboard/phone/codes → " + bobsCode);
      assertThat(annsCode).isNotEqualTo(bobsCode);

      // Each code comes from a phone, at the replica that did not make the code.
      String annLinked = text(two, annsPhone, annsCode);
      story.line("Ann's phone", annsCode + " → " + words(annLinked));
      String bobLinked = text(one, bobsPhone, bobsCode);
      story.line("Bob's phone", bobsCode + " → " + words(bobLinked));
      assertThat(annLinked).contains(LINKED);
      assertThat(bobLinked).contains(LINKED);
      assertThat(owner(annsPhone)).isEqualTo(ann);
      assertThat(owner(bobsPhone)).isEqualTo(bob);

      // Each texts, and reads only their own words.
      text(one, annsPhone, "Where is my parcel? Ann");
      story.line("Ann's phone", "Where is my parcel? Ann");
      text(two, bobsPhone, "Book the room at 9. Bob");
      story.line("Bob's phone", "Book the room at 9. Bob");
      Document fromAnn = message("Where is my parcel? Ann");
      Document fromBob = message("Book the room at 9. Bob");
      text(two, annsPhone, "It is urgent. Ann");
      story.line("Ann's phone", "It is urgent. Ann");
      Document again = message("It is urgent. Ann");
      String annsConversation = fromAnn.getString("conversationId");
      String bobsConversation = fromBob.getString("conversationId");
      assertThat(again.getString("conversationId")).isEqualTo(annsConversation);
      assertThat(bobsConversation).isNotEqualTo(annsConversation);
      assertThat(libreChat.conversationOf(annsConversation).getString("user")).isEqualTo(ann);
      assertThat(libreChat.conversationOf(bobsConversation).getString("user")).isEqualTo(bob);
      assertThat(all("conversationId", annsConversation))
          .allMatch(message -> ann.equals(message.getString("user")));
      assertThat(texts(ann)).containsExactly("Where is my parcel? Ann", "It is urgent. Ann");
      assertThat(texts(bob)).containsExactly("Book the room at 9. Bob");
      story.line("Ann's conversation", String.join(" | ", texts(ann)));
      story.line("Bob's conversation", String.join(" | ", texts(bob)));
      annsBrowser.heard(fromAnn.getString("messageId"));
      annsBrowser.heard(again.getString("messageId"));
      bobsBrowser.heard(fromBob.getString("messageId"));
      await()
          .during(Duration.ofSeconds(2))
          .untilAsserted(
              () -> {
                assertThat(annsBrowser.messages())
                    .containsExactly(fromAnn.getString("messageId"), again.getString("messageId"));
                assertThat(bobsBrowser.messages()).containsExactly(fromBob.getString("messageId"));
              });
      assertThat(annsBrowser.events().toString()).doesNotContain(bobsConversation, bob);
      assertThat(bobsBrowser.events().toString()).doesNotContain(annsConversation, ann);
      story.line("Ann's browser", "heard " + annsBrowser.messages().size() + " messages, hers");
      story.line("Bob's browser", "heard " + bobsBrowser.messages().size() + " message, his");

      // Ann's agent texts the people of Ann's conversation, once.
      map(annsConversation, zoe, "Zoë");
      McpClient here = annsAgent.with("X-LibreChat-Conversation", annsConversation);
      story.line("Ann's agent", "people_here → " + here.ok("people_here", Map.of()));
      Map<String, Object> order = Map.of("text", "The parcel comes at 5 📦");
      String sent = here.ok("text_people_here", order);
      story.line("Ann's agent", "text_people_here " + order + " → " + sent);
      assertThat(sent)
          .contains("**Zoë** (" + Mask.phone(zoe) + "): queued", Mask.phone(annsPhone) + ": queued")
          .doesNotContain(zoe, annsPhone);
      String repeated = here.at(two.url("")).ok("text_people_here", order);
      story.line("Ann's agent", "the same at the other replica → " + repeated);
      assertThat(repeated.lines()).allMatch(line -> line.contains("Not sent again"));
      await().until(() -> !twilio.taken(zoe).isEmpty() && !twilio.taken(annsPhone).isEmpty());
      for (String phone : List.of(zoe, annsPhone)) {
        assertThat(twilio.taken(phone)).hasSize(1);
        assertThat(twilio.taken(phone).get(0).text()).isEqualTo("The parcel comes at 5 📦");
        story.line("Twilio", "got one text to " + phone + ": The parcel comes at 5 📦");
      }
      assertThat(twilio.requests(bobsPhone)).isEmpty();

      // The same call for Bob is refused, and so is the question for Ann's text.
      McpClient intruder = bobsAgent.with("X-LibreChat-Conversation", annsConversation);
      String refused = intruder.refused("text_people_here", order);
      story.line("Bob's agent, Ann's conversation", "text_people_here → refused: " + refused);
      assertThat(refused).contains("not one of this user");
      for (String tool : List.of("people_here", "recent_texts")) {
        assertThat(intruder.refused(tool, Map.of())).contains("not one of this user");
      }
      String id = found(TEXT_ID, sent);
      String status = bobsAgent.refused("text_status", Map.of("id", id));
      story.line("Bob's agent", "text_status of Ann's text → refused: " + status);
      assertThat(status).contains("has sent no text with this id");
      story.line("Ann's agent", "text_status → " + here.ok("text_status", Map.of("id", id)));
      String unknown = bobsAgent.refused("send_text", Map.of("to", zoe, "text", "Hello"));
      story.line("Bob's agent", "send_text to Zoë's number → refused: " + unknown);
      assertThat(unknown).contains("new numbers are not allowed");
      McpClient bobsHere = bobsAgent.with("X-LibreChat-Conversation", bobsConversation);
      assertThat(bobsHere.ok("people_here", Map.of())).contains("1 person", Mask.phone(bobsPhone));
      assertThat(bobsHere.ok("recent_texts", Map.of()))
          .contains("Book the room")
          .doesNotContain("parcel");
      assertThat(twilio.requests(zoe)).hasSize(1);

      // The audit names the key and the user of each text.
      List<Map<String, String>> audit =
          operator(one).get("/api/audit?limit=50").then().statusCode(200).extract().path("items");
      List<Map<String, String>> sends =
          audit.stream().filter(entry -> entry.get("action").equals("sent a text")).toList();
      sends.forEach(entry -> story.line("Audit", entry.toString()));
      assertThat(sends).hasSize(2);
      assertThat(sends)
          .allSatisfy(
              entry -> {
                assertThat(entry.get("key")).isEqualTo("librechat");
                assertThat(entry.get("subject")).endsWith(" for user " + ann);
              });
      assertThat(sends)
          .extracting(entry -> entry.get("subject"))
          .anyMatch(subject -> subject.contains(Mask.phone(zoe)))
          .anyMatch(subject -> subject.contains(Mask.phone(annsPhone)))
          .noneMatch(subject -> subject.contains(zoe) || subject.contains(annsPhone));
    } finally {
      story.write();
    }
    assertThat(one.log() + two.log()).doesNotContain(annsPhone, bobsPhone, zoe);
  }

  // Codes at two replicas at once

  @Test
  void of_two_phones_that_text_one_code_at_two_replicas_one_is_linked() {
    int first = 0;
    for (int round = 0; round < 30; round++) {
      String user = libreChat.user();
      String code = code(round % 2 == 0 ? one : two, user);
      String here = number();
      String there = number();
      CompletableFuture<String> answerHere = textLater(one, Twilio.sms(code).from(here));
      CompletableFuture<String> answerThere = textLater(two, Twilio.sms(code).from(there));
      List<String> answers = List.of(answerHere.join(), answerThere.join());
      assertThat(answers).filteredOn(answer -> answer.contains(LINKED)).hasSize(1);
      assertThat(answers).filteredOn(answer -> answer.contains(NOT_LINKED)).hasSize(1);
      boolean isHere = answers.get(0).contains(LINKED);
      first += isHere ? 1 : 0;
      assertThat(owner(here)).isEqualTo(isHere ? user : null);
      assertThat(owner(there)).isEqualTo(isHere ? null : user);
    }
    System.out.printf("One code at two replicas, 30 rounds: the first replica won %d%n", first);
  }

  @Test
  void a_phone_that_texts_the_codes_of_two_users_at_once_has_one_user_and_each_old_user_is_told() {
    Map<String, Integer> seen = new LinkedHashMap<>();
    Map<String, Long> told = new LinkedHashMap<>();
    for (int round = 0; round < 30; round++) {
      String phone = number();
      List<String> users = new ArrayList<>(List.of(libreChat.user(), libreChat.user()));
      List<CompletableFuture<String>> answers =
          List.of(
              textLater(one, Twilio.sms(code(one, users.get(0))).from(phone)),
              textLater(two, Twilio.sms(code(two, users.get(1))).from(phone)));
      if (round % 2 == 0) {
        answers.forEach(CompletableFuture::join);
      } else {
        // The number has a user before both codes come.
        answers.forEach(CompletableFuture::join);
        users = List.of(libreChat.user(), libreChat.user(), owner(phone));
        answers =
            List.of(
                textLater(two, Twilio.sms(code(one, users.get(0))).from(phone)),
                textLater(one, Twilio.sms(code(two, users.get(1))).from(phone)));
      }
      List<String> said = answers.stream().map(CompletableFuture::join).toList();
      assertThat(said).allMatch(answer -> answer.contains(LINKED) || answer.contains(NOT_LINKED));
      List<Document> stored =
          libreChat
              .collection("switchboard_phones")
              .find(Filters.eq("number", phone))
              .into(new ArrayList<>());
      assertThat(stored).hasSize(1);
      String user = stored.get(0).getString("user");
      assertThat(user).isIn(users.get(0), users.get(1));
      assertThat(said.get(users.indexOf(user))).contains(LINKED);
      assertThat(stored.get(0).containsKey("untoldUser")).isFalse();
      for (int i = 0; i < users.size(); i++) {
        boolean hadNumber = i == 2 || said.get(i).contains(LINKED);
        told.put(users.get(i), hadNumber && !users.get(i).equals(user) ? 1L : 0L);
      }
      seen.merge(
          (round % 2 == 0 ? "new number, " : "number of a third user, ")
              + said.stream().filter(answer -> answer.contains(LINKED)).count()
              + " linked",
          1,
          Integer::sum);
      // The next text is the user's alone.
      String words = "Whose am I? " + phone;
      text(round % 2 == 0 ? one : two, phone, words);
      assertThat(message(words).getString("user")).isEqualTo(user);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(told)
                    .allSatisfy((user, times) -> assertThat(notices(user)).isEqualTo(times)));
    System.out.println("Two codes of one phone at two replicas, 30 rounds: " + seen);
  }

  @Test
  void a_user_gets_ten_codes_an_hour_from_all_replicas_together() {
    inOneHour(
        () -> {
          String user = libreChat.user();
          List<CompletableFuture<Integer>> asked =
              IntStream.range(0, 40)
                  .mapToObj(
                      i ->
                          post(
                                  i % 2 == 0 ? one : two,
                                  "/api/phones",
                                  "application/json",
                                  "{\"user\":\"" + user + "\"}",
                                  Map.of("X-API-Key", TestDatabase.API_KEY))
                              .thenApply(HttpResponse::statusCode))
                  .toList();
          List<Integer> statuses = asked.stream().map(CompletableFuture::join).toList();
          for (Replica replica : List.of(one, two)) {
            assertThat(agent(replica, user).refused("link_my_phone", Map.of()))
                .contains("Too many codes");
            given()
                .baseUri(replica.url(""))
                .header("Authorization", "Bearer " + LibreChat.token(user))
                .contentType(ContentType.JSON)
                .post("/switchboard/phone/codes")
                .then()
                .statusCode(429);
          }
          return () -> {
            assertThat(statuses).filteredOn(status -> status == 201).hasSize(10);
            assertThat(statuses).filteredOn(status -> status == 429).hasSize(30);
          };
        });
  }

  @Test
  void a_sender_has_five_wrong_codes_an_hour_at_all_replicas_together() {
    inOneHour(
        () -> {
          String phone = number();
          for (int i = 0; i < 5; i++) {
            String answer = text(i % 2 == 0 ? one : two, phone, "K7MP-2Q9" + "ACDEF".charAt(i));
            assertThat(answer).contains(NOT_LINKED);
          }
          String user = libreChat.user();
          String last = text(two, phone, code(one, user));
          return () -> {
            assertThat(last).doesNotContain(LINKED);
            assertThat(owner(phone)).isNull();
          };
        });
  }

  /** The limits begin anew with each hour: a test around the border is repeated. */
  private static void inOneHour(Supplier<Runnable> attempt) {
    Instant hour;
    Runnable check;
    do {
      hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
      check = attempt.get();
    } while (!hour.equals(Instant.now().truncatedTo(ChronoUnit.HOURS)));
    check.run();
  }

  // The parts of the tests

  private static String number() {
    return "+1555" + NUMBERS.incrementAndGet();
  }

  private static McpClient agent(Replica replica, String user) {
    return McpClient.of(user).with("X-API-Key", KEY).at(replica.url(""));
  }

  private static Browser browser(Replica replica, String user) {
    return Browser.at(replica.url(""), "?token=" + LibreChat.token(user)).connected();
  }

  private static RequestSpecification operator(Replica replica) {
    return given()
        .baseUri(replica.url(""))
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON);
  }

  private static String code(Replica replica, String user) {
    return operator(replica)
        .body(Map.of("user", user))
        .post("/api/phones")
        .then()
        .statusCode(201)
        .extract()
        .path("code");
  }

  private static void map(String conversation, String phone, String label) {
    operator(one)
        .body(Map.of("phoneNumber", phone, "conversationId", conversation, "label", label))
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  /** The TwiML for a text. */
  private static String text(Replica replica, String phone, String words) {
    return textLater(replica, Twilio.sms(words).from(phone).to(OURS)).join();
  }

  private static CompletableFuture<String> textLater(Replica replica, Twilio sms) {
    return textLater(replica, sms, MOST_ATTEMPTS);
  }

  /** Twilio repeats a webhook that the service could not take, as on a machine that is too busy. */
  private static CompletableFuture<String> textLater(Replica replica, Twilio sms, int attempts) {
    return post(
            replica,
            Twilio.WEBHOOK,
            "application/x-www-form-urlencoded",
            sms.body(),
            Map.of("X-Twilio-Signature", sms.signature()))
        .thenCompose(
            answer -> {
              if (answer.statusCode() == 503 && attempts > 1) {
                return textLater(replica, sms, attempts - 1);
              }
              assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
              return CompletableFuture.completedFuture(answer.body());
            });
  }

  /** Two such requests in a row are at their replicas at the same time. */
  private static CompletableFuture<HttpResponse<String>> post(
      Replica replica, String path, String type, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(replica.url(path)))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return Http.CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String words(String twiml) {
    return twiml.replaceAll("<[^>]*>", "").replace("&quot;", "\"").strip();
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
  }

  /** The user of a phone; null if the phone is nobody's. */
  private String owner(String phone) {
    Document stored =
        libreChat.collection("switchboard_phones").find(Filters.eq("number", phone)).first();
    return stored == null ? null : stored.getString("user");
  }

  private List<Document> all(String field, String value) {
    return libreChat
        .collection("messages")
        .find(Filters.eq(field, value))
        .sort(new Document("createdAt", 1))
        .into(new ArrayList<>());
  }

  private Document message(String text) {
    return await().until(() -> all("text", text), found -> found.size() == 1).get(0);
  }

  private List<String> texts(String user) {
    return all("user", user).stream().map(message -> message.getString("text")).toList();
  }

  /** How often the user is told that the number belongs to another user. */
  private long notices(String user) {
    return texts(user).stream().filter(text -> text.contains("is not yours any more")).count();
  }

  /** What happened, without whole numbers and codes. */
  private static final class Story {
    private final List<String> lines = new ArrayList<>();
    private final List<String> phones;

    Story(String... phones) {
      this.phones = List.of(phones);
    }

    void line(String who, String what) {
      String masked =
          CODE.matcher(what).replaceAll(code -> code.group().substring(0, 2) + "••-••••");
      for (String phone : phones) {
        masked = masked.replace(phone, Mask.phone(phone));
      }
      lines.add((who + ": " + masked).replace("\n", "\n    "));
    }

    void write() throws IOException {
      Files.write(Path.of("target", "two-users.txt"), lines);
      lines.forEach(System.out::println);
    }
  }
}
