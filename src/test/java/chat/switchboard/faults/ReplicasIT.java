package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas on one database: where a browser listens makes no difference. */
class ReplicasIT {

  private final Caller caller = new Caller();
  private DatabaseForReplicas database;
  private Replica one;
  private Replica other;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to start it");
    database = new DatabaseForReplicas();
    one = Replica.start(database.uri());
    other = Replica.start(database.uri());
    one.ready();
    other.ready();
  }

  @AfterEach
  void stop() {
    for (Replica replica : new Replica[] {one, other}) {
      if (replica != null) {
        replica.close();
      }
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void an_injection_is_heard_on_every_replica_and_once() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    String query = "?token=" + LibreChat.token(database.owner);
    try (Browser here = Browser.at(one.url(""), query).connected();
        Browser there = Browser.at(other.url(""), query).connected()) {
      List<Long> delays = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        long begun = System.nanoTime();
        assertThat(caller.inject(i % 2 == 0 ? one : other, conversation, null, "Message " + i))
            .isEqualTo(201);
        int count = i + 1;
        await()
            .pollInterval(Duration.ofMillis(5))
            .until(() -> here.messages().size() >= count && there.messages().size() >= count);
        delays.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
      }
      System.out.printf("Heard on both replicas after %s ms%n", delays);
      await()
          .during(Duration.ofSeconds(2))
          .until(() -> here.messages().size() == 10 && there.messages().size() == 10);
      assertThat(here.messages()).isEqualTo(there.messages());
    }
  }

  @Test
  void a_browser_that_loses_its_replica_goes_on_at_the_other() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    String query = "?token=" + LibreChat.token(database.owner);
    String last;
    try (Browser browser = Browser.at(one.url(""), query).connected()) {
      assertThat(caller.inject(one, conversation, null, "Before")).isEqualTo(201);
      await().until(() -> browser.messages().size() == 1);
      await().until(() -> browser.events().get(0).id() != null);
      last = browser.events().get(0).id();
      one.kill();
      await().until(browser::ended);
    }
    assertThat(caller.inject(other, conversation, null, "Missed")).isEqualTo(201);
    try (Browser browser = Browser.at(other.url(""), query, "Last-Event-ID", last)) {
      await().until(() -> !browser.messages().isEmpty());
      assertThat(browser.events().get(0).json().getString("message.text")).isEqualTo("Missed");
    }
  }
}
