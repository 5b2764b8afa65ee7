package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Twilio;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies between any two steps: nothing is lost, nothing comes twice, nothing branches.
 */
class CrashIT {

  private static DatabaseForReplicas database;
  private final Caller caller = new Caller();

  @BeforeAll
  static void start() {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    database = new DatabaseForReplicas();
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      database.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kept",
        "mapped",
        "opened",
        "routed",
        "leased",
        "appended",
        "bumped",
        "noted",
        "announced"
      })
  void a_webhook_interrupted_by_a_crash_is_stored_once_after_twilios_retry(String place)
      throws Exception {
    String number = "+1555" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    Twilio sms = Twilio.sms("Killed at " + place).from(number);
    try (Replica dying = Replica.start(database.uri(), "-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      assertThat(caller.webhook(dying, sms)).isZero();
      dying.died();
    }
    try (Replica next = Replica.start(database.uri()).ready()) {
      assertThat(caller.webhook(next, sms)).isEqualTo(200);
      await().until(() -> messages(number).size() == 1);
      assertThat(caller.webhook(next, Twilio.sms("After it").from(number))).isEqualTo(200);
      await().until(() -> messages(number).size() == 2);
      assertThat(Chain.of(messages(number), Set.of("Killed at " + place, "After it")))
          .isEqualTo(Chain.WHOLE);
      await()
          .until(
              () ->
                  database
                      .libreChat
                      .conversationOf(conversation(number))
                      .getDate("updatedAt")
                      .equals(messages(number).get(1).getDate("createdAt")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kept", "mapped", "opened", "routed", "leased", "appended", "bumped"})
  void a_text_that_was_kept_is_appended_although_nobody_sends_it_again(String place)
      throws Exception {
    String number = "+1556" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    Twilio sms = Twilio.sms("Left at " + place).from(number);
    try (Replica dying = Replica.start(database.uri(), "-Dchat.switchboard.test.die-at=" + place)) {
      dying.ready();
      assertThat(caller.webhook(dying, sms)).isZero();
      dying.died();
    }
    try (Replica next = Replica.start(database.uri()).ready()) {
      await()
          .until(
              () -> next.isAlive() && conversation(number) != null && messages(number).size() == 1);
      assertThat(Chain.of(messages(number), Set.of("Left at " + place))).isEqualTo(Chain.WHOLE);
    }
  }

  @Test
  void random_kills_under_load_lose_repeat_and_branch_nothing() throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed of the random kills: " + seed);
    Random random = new Random(seed);
    String conversation = database.libreChat.conversation(database.owner);
    Set<String> sent = new HashSet<>();
    int kills = 6;
    int acknowledged = 0;
    for (int kill = 0; kill < kills; kill++) {
      try (Replica replica = Replica.start(database.uri()).ready()) {
        List<Thread> callers = new ArrayList<>();
        Set<String> texts = ConcurrentHashMap.newKeySet();
        AtomicInteger stored = new AtomicInteger();
        for (int c = 0; c < 4; c++) {
          String prefix = "kill " + kill + " caller " + c + " text ";
          Thread thread =
              new Thread(
                  () -> {
                    try {
                      Caller own = new Caller();
                      for (int i = 0; replica.isAlive() && i < 500; i++) {
                        String text = prefix + i;
                        int status = own.inject(replica, conversation, key(text), text);
                        if (status == 201 || status == 202) {
                          stored.incrementAndGet();
                          texts.add(text);
                        } else {
                          texts.add(text + "?");
                        }
                      }
                    } catch (InterruptedException stopped) {
                      Thread.currentThread().interrupt();
                    }
                  });
          thread.start();
          callers.add(thread);
        }
        // Longer than a lease, so that messages flow when it is killed.
        TimeUnit.MILLISECONDS.sleep(2_500 + random.nextInt(1_500));
        replica.kill();
        for (Thread thread : callers) {
          thread.join();
        }
        acknowledged += stored.get();
        sent.addAll(texts);
      }
    }
    // Clients repeat requests without a response.
    try (Replica replica = Replica.start(database.uri()).ready()) {
      Set<String> all = new HashSet<>();
      for (String text : sent) {
        String plain = text.replace("?", "");
        if (text.endsWith("?")) {

          // 202: the lease of the killed process must expire first.
          assertThat(caller.inject(replica, conversation, key(plain), plain)).isIn(201, 202);
        }
        all.add(plain);
      }
      await().until(() -> Chain.of(all(conversation), all).lost() == 0);
      Chain chain = Chain.of(all(conversation), all);
      System.out.printf(
          "%d messages (%d acknowledged before a kill), %d kills: lost %d, twice %d, branched %d%n",
          all.size(), acknowledged, kills, chain.lost(), chain.repeated(), chain.branched());
      assertThat(chain).isEqualTo(Chain.WHOLE);
    }
  }

  private static String key(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static List<Document> all(String conversation) {
    return database.libreChat.messages(conversation, database.owner);
  }

  private static String conversation(String number) {
    Document mapping =
        database
            .libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first();
    return mapping == null ? null : mapping.getString("conversationId");
  }

  private static List<Document> messages(String number) {
    return all(conversation(number));
  }
}
