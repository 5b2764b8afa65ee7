package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Browser;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Relay;
import chat.switchboard.support.Twilio;
import com.mongodb.ConnectionString;
import com.mongodb.client.model.Filters;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cable between the service and its database is pulled and put back. */
class OutageIT {

  /** How often; {@code -Dswitchboard-outages=50} for the whole of it. */
  private static final int OUTAGES = Integer.getInteger("switchboard-outages", 5);

  private final Caller caller = new Caller();
  private DatabaseForReplicas database;
  private Relay relay;
  private Replica replica;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to start it");
    database = new DatabaseForReplicas();
    ConnectionString uri = new ConnectionString(database.uri());
    assumeTrue(uri.getHosts().size() == 1 && !uri.isSrvProtocol(), "One host, for one cable");
    relay = new Relay(uri);
    replica =
        Replica.start(
                "mongodb://127.0.0.1:" + relay.port() + "/" + uri.getDatabase(),
                "-Dquarkus.mongodb.server-selection-timeout=2S")
            .ready();
  }

  @AfterEach
  void stop() throws Exception {
    if (replica != null) {
      replica.close();
    }
    if (relay != null) {
      relay.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void every_door_says_503_in_time_and_all_is_well_when_the_database_is_back() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    String token = LibreChat.token(database.owner);
    Set<String> texts = new HashSet<>();
    try (Browser browser = Browser.at(replica.url(""), "?token=" + token).connected()) {
      double threads = 0;
      double heap = 0;
      for (int outage = 0; outage < OUTAGES; outage++) {
        relay.pull();
        Twilio sms = Twilio.sms("SMS " + outage).from("+15558880001");
        long begin = System.nanoTime();
        assertThat(caller.webhook(replica, sms)).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
        if (outage == 0) {
          assertThat(caller.inject(replica, conversation, null, "x")).isEqualTo(503);
          assertThat(stream(token)).isEqualTo(503);
        }
        assertThat(replica.health("ready")).isEqualTo(503);
        assertThat(replica.health("live")).isEqualTo(200);
        assertThat(browser.ended()).isFalse();

        int resyncs = resyncs(browser);
        relay.putBack();
        await().until(() -> caller.webhook(replica, sms) == 200);
        await().until(() -> replica.health("ready") == 200);
        await().until(() -> resyncs(browser) > resyncs);
        String text = "After outage " + outage;
        texts.add(text);
        assertThat(caller.inject(replica, conversation, null, text)).isEqualTo(201);
        if (outage == 2) {
          threads = replica.metric("jvm_threads_live_threads");
          heap = replica.metric("jvm_memory_used_bytes");
        }
      }
      double threadsAfter = replica.metric("jvm_threads_live_threads");
      System.out.printf(
          "After 3 outages %.0f threads and %.0f MB in use, after %d outages %.0f and %.0f MB%n",
          threads,
          heap / 1e6,
          OUTAGES,
          threadsAfter,
          replica.metric("jvm_memory_used_bytes") / 1e6);
      assertThat(threadsAfter).isLessThanOrEqualTo(threads + 8);
    }
    await()
        .until(
            () ->
                Chain.of(database.libreChat.messages(conversation, database.owner), texts)
                    .equals(Chain.WHOLE));
  }

  @Test
  void the_service_ends_within_the_shutdown_timeout_and_ends_the_streams() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    try (Browser browser =
        Browser.at(replica.url(""), "?token=" + LibreChat.token(database.owner)).connected()) {
      assertThat(caller.inject(replica, conversation, null, "Before the end")).isEqualTo(201);
      String first = browser.retry();
      Duration took = replica.stop();
      assertThat(took).isLessThan(Duration.ofSeconds(10));
      await().until(browser::ended);
      assertThat(Integer.parseInt(browser.retry())).isGreaterThanOrEqualTo(Integer.parseInt(first));
    }
    // No lease is left behind: another replica goes on at once.
    assertThat(
            database
                .libreChat
                .collection("switchboard_leases")
                .countDocuments(Filters.exists("handedOverAt", false)))
        .isZero();
  }

  private int stream(String token) throws Exception {
    return Http.CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(replica.url("/api/messages/stream?token=" + token)))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static int resyncs(Browser browser) {
    return (int) browser.events().stream().filter(event -> event.name().equals("resync")).count();
  }
}
