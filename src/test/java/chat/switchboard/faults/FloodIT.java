package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Twilio;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas on one database, under a flood through all doors. */
class FloodIT {

  private static DatabaseForReplicas database;
  private static Replica one;
  private static Replica two;

  private final Caller caller = new Caller();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to start it twice");
    database = new DatabaseForReplicas();
    one = Replica.start(database.uri());
    two = Replica.start(database.uri());
    one.ready();
    two.ready();
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      one.close();
      two.close();
      database.close();
    }
  }

  @Test
  void fifty_copies_of_one_message_at_two_replicas_are_stored_once() throws Exception {
    String sid = Twilio.newSid();
    List<Integer> answers =
        together(
            50,
            i ->
                caller.webhook(
                    i % 2 == 0 ? one : two, Twilio.sms("Once").from("+15557770001").sid(sid)));
    assertThat(answers).containsOnly(200);
    await().until(() -> messages("+15557770001").size() == 1);
  }

  @Test
  void sixty_first_texts_at_two_replicas_make_one_conversation() throws Exception {
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      texts.add("First " + i);
    }
    together(
        60,
        i -> caller.webhook(i % 2 == 0 ? one : two, Twilio.sms("First " + i).from("+15557770002")));
    await().until(() -> messages("+15557770002").size() == 60);
    assertThat(Chain.of(messages("+15557770002"), texts)).isEqualTo(Chain.WHOLE);
  }

  @Test
  void one_senders_texts_keep_their_order_whatever_replica_they_reach() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sent.add("Text " + i);
      int status =
          caller.webhook(i % 2 == 0 ? one : two, Twilio.sms("Text " + i).from("+15557770003"));
      assertThat(status).isEqualTo(200);
    }
    await().until(() -> messages("+15557770003").size() == 40);
    assertThat(messages("+15557770003").stream().map(one -> one.getString("text")))
        .containsExactlyElementsOf(sent);
  }

  @Test
  void a_flood_into_one_conversation_is_one_chain_although_a_replica_freezes() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    Set<String> texts = new HashSet<>();
    ExecutorService callers = Executors.newFixedThreadPool(16);
    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String text = "Flood " + i;
      Replica replica = i % 2 == 0 ? one : two;
      texts.add(text);
      // Half of them without a key: of these each replica knows only its own, so that nothing but
      // the lease keeps them in one line.
      String key = i % 4 < 2 ? text.replace(' ', '-') : null;
      answers.add(callers.submit(() -> new Caller().inject(replica, conversation, key, text)));
    }
    TimeUnit.MILLISECONDS.sleep(700);
    one.freeze();
    TimeUnit.MILLISECONDS.sleep(3_500);
    one.thaw();
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isIn(201, 202);
    }
    callers.shutdown();
    await().until(() -> Chain.of(all(conversation), texts).lost() == 0);
    Chain chain = Chain.of(all(conversation), texts);
    System.out.printf(
        "%d messages at two replicas, one of them frozen for 3.5 s: lost %d, twice %d, branched"
            + " %d%n",
        texts.size(), chain.lost(), chain.repeated(), chain.branched());
    assertThat(chain).isEqualTo(Chain.WHOLE);
  }

  private interface Call {
    int send(int i) throws Exception;
  }

  private static List<Integer> together(int count, Call call) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(count);
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        calls.add(() -> call.send(number));
      }
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : callers.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      callers.shutdown();
    }
  }

  private static List<Document> all(String conversation) {
    return database.libreChat.messages(conversation, database.owner);
  }

  private static List<Document> messages(String number) {
    List<Document> mappings =
        database
            .libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .into(new ArrayList<>());
    assertThat(mappings).hasSizeLessThanOrEqualTo(1);
    return mappings.isEmpty() ? List.of() : all(mappings.get(0).getString("conversationId"));
  }
}
