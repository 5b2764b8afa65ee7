package chat.switchboard.events;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.events.SendResult.Delivered;
import chat.switchboard.events.SendResult.Failed;
import chat.switchboard.http.Resolver;
import chat.switchboard.support.FakeReceiver;
import chat.switchboard.support.FakeReceiver.Mood;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One attempt to send an event, to a receiver that behaves badly. */
@Tag("unit")
class EventSenderTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final HttpClient CLIENT = EventSender.client(VERTX);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @AfterAll
  static void stop() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void a_receiver_gets_the_event_with_its_signature() {
    try (FakeReceiver receiver = new FakeReceiver()) {
      assertThat(send(receiver, "{\"a\":\"ä\"}")).isInstanceOf(Delivered.class);
      FakeReceiver.Received got = receiver.received().get(0);
      assertThat(got.path()).isEqualTo("/in?from=switchboard");
      assertThat(got.body()).isEqualTo("{\"a\":\"ä\"}");
      assertThat(got.headers())
          .containsEntry("content-type", "application/json")
          .containsEntry("webhook-id", "evt_1")
          .containsEntry("host", "127.0.0.1:" + receiver.port())
          .containsKeys("webhook-timestamp", "webhook-signature");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FAILS, status 500",
    "FAILS_ENDLESSLY, status 500",
    "REDIRECTS, status 302",
    "TOO_MANY, status 429",
    "HANGS, did not answer within",
    "ENDLESS_HEADERS, connection",
    "CLOSES, connection",
    "REFUSES, connection",
    "BABBLES, connection"
  })
  void a_bad_answer_is_a_failure_with_a_cause(Mood mood, String cause) {
    try (FakeReceiver receiver = new FakeReceiver()) {
      receiver.always(mood);
      SendResult result = send(receiver, "{}");
      assertThat(result).isInstanceOf(Failed.class);
      assertThat(((Failed) result).cause()).contains(cause).doesNotContain("/in");
      assertThat(((Failed) result).after())
          .isEqualTo(
              mood == Mood.TOO_MANY
                  ? java.util.Optional.of(Duration.ofHours(1))
                  : java.util.Optional.empty());
      assertThat(receiver.received()).noneMatch(got -> got.path().contains("elsewhere"));
    }
  }

  @Test
  void an_answer_without_an_end_is_an_answer_and_410_is_the_end() {
    try (FakeReceiver receiver = new FakeReceiver()) {
      receiver.next(Mood.ENDLESS, Mood.GONE);
      assertThat(send(receiver, "{}")).isInstanceOf(Delivered.class);
      assertThat(send(receiver, "{}")).isInstanceOf(SendResult.Gone.class);
    }
  }

  @Test
  void a_dead_port_is_a_failure() {
    FakeReceiver receiver = new FakeReceiver();
    receiver.close();
    assertThat(send(receiver, "{}")).isInstanceOf(Failed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "::",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "198.18.0.1",
        "192.0.0.8",
        "240.0.0.1",
        "255.255.255.255",
        "224.0.0.1",
        "8.8.8.8,10.0.0.1"
      })
  void a_host_with_an_address_that_is_not_public_gets_no_request(String addresses) {
    try (FakeReceiver receiver = new FakeReceiver()) {
      EventSender sender =
          new EventSender(CLIENT, resolver(addresses), Clock.systemUTC(), Duration.ofSeconds(2));
      SendResult result =
          sender
              .send(endpoint("https://crm.example.com:" + receiver.port(), false), "evt_1", "{}")
              .await()
              .atMost(Duration.ofSeconds(20));
      assertThat(((Failed) result).cause()).contains("not public");
      assertThat(receiver.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "127.1",
        "017700000001",
        "0",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]"
      })
  void no_spelling_of_the_own_machine_gets_a_request(String host) {
    try (FakeReceiver receiver = new FakeReceiver()) {
      List<String> errors = new ArrayList<>();
      EventEndpoint endpoint =
          EventEndpoint.of(
              "crm",
              OutgoingEventsTest.config(
                  "https://" + host + ":" + receiver.port(), false, List.of(SECRET), null),
              errors);
      if (!errors.isEmpty()) {
        assertThat(errors).singleElement().asString().startsWith("url must");
        return;
      }
      SendResult result =
          new EventSender(CLIENT, Resolver.system(VERTX), Clock.systemUTC(), Duration.ofSeconds(10))
              .send(endpoint, "evt_1", "{}")
              .await()
              .atMost(Duration.ofSeconds(20));
      assertThat(((Failed) result).cause()).containsAnyOf("not public", "no address");
      assertThat(receiver.received()).isEmpty();
    }
  }

  @Test
  void a_host_without_an_address_is_a_failure() {
    Resolver none = host -> Uni.createFrom().failure(new UnknownHostException(host));
    EventSender sender = new EventSender(CLIENT, none, Clock.systemUTC(), Duration.ofSeconds(2));
    assertThat(
            ((Failed)
                    sender
                        .send(endpoint("https://crm.example.com", false), "evt_1", "{}")
                        .await()
                        .atMost(Duration.ofSeconds(20)))
                .cause())
        .contains("no address");
  }

  private static Resolver resolver(String addresses) {
    List<InetAddress> found =
        Arrays.stream(addresses.split(","))
            .map(
                one -> {
                  try {
                    return InetAddress.getByName(one);
                  } catch (UnknownHostException impossible) {
                    throw new IllegalArgumentException(impossible);
                  }
                })
            .toList();
    return host -> Uni.createFrom().item(found);
  }

  private static SendResult send(FakeReceiver receiver, String body) {
    return new EventSender(CLIENT, Resolver.system(VERTX), Clock.systemUTC(), Duration.ofSeconds(2))
        .send(endpoint(receiver.url(), true), "evt_1", body)
        .await()
        .atMost(Duration.ofSeconds(20));
  }

  private static EventEndpoint endpoint(String url, boolean allowPrivate) {
    List<String> errors = new ArrayList<>();
    EventEndpoint endpoint =
        EventEndpoint.of(
            "crm", OutgoingEventsTest.config(url, allowPrivate, List.of(SECRET), null), errors);
    assertThat(errors).isEmpty();
    return endpoint;
  }
}
