package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.HttpProbe.Answer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OpenIdProviderTest {

  private static final String ISSUER = "https://login.example.com";
  private static EllipticCurveJsonWebKey first;
  private static EllipticCurveJsonWebKey second;

  private final List<String> asked = new ArrayList<>();
  private final List<JsonWebKey> published = new ArrayList<>(List.of(first));
  private final MovingClock clock = new MovingClock();
  private JsonObject document =
      new JsonObject().put("issuer", ISSUER).put("jwks_uri", ISSUER + "/keys");
  private int status = 200;
  private final OpenIdProvider provider =
      new OpenIdProvider(Optional.of(ISSUER + "/"), this::answer, clock);

  @BeforeAll
  static void makeKeys() throws Exception {
    first = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    first.setKeyId("first");
    second = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    second.setKeyId("second");
  }

  @Test
  void the_keys_are_fetched_once_and_then_kept_for_ten_minutes() {
    keys("first");
    keys("first");
    clock.now = clock.now.plus(Duration.ofMinutes(9));
    keys("first");
    assertThat(asked)
        .containsExactly(ISSUER + "/.well-known/openid-configuration", ISSUER + "/keys");
    clock.now = clock.now.plus(Duration.ofMinutes(2));
    keys("first");
    assertThat(asked).hasSize(4);
  }

  @Test
  void a_new_key_is_found_and_made_up_key_ids_ask_the_provider_twice_a_minute_at_most() {
    keys("first");
    published.add(second);
    for (int i = 0; i < 100; i++) {
      assertThat(keys("made-up-" + i).has("second")).isFalse();
    }
    assertThat(asked).hasSize(2);
    clock.now = clock.now.plus(Duration.ofSeconds(31));
    assertThat(keys("second").has("second")).isTrue();
    assertThat(asked).hasSize(4);
  }

  @Test
  void the_last_keys_hold_while_the_provider_is_away_and_end_after_twelve_hours() {
    keys("first");
    status = 503;
    clock.now = clock.now.plus(Duration.ofHours(11));
    assertThat(keys("first").has("first")).isTrue();
    clock.now = clock.now.plus(Duration.ofHours(2));
    assertThatThrownBy(() -> keys("first")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_provider_that_was_never_reached_is_a_failure_and_is_asked_again_after_a_pause() {
    status = 500;
    assertThatThrownBy(() -> keys("first")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> keys("first")).isInstanceOf(IllegalStateException.class);
    assertThat(asked).hasSize(1);
    status = 200;
    clock.now = clock.now.plus(Duration.ofSeconds(31));
    assertThat(keys("first").has("first")).isTrue();
  }

  @Test
  void a_secret_in_the_list_of_keys_and_an_algorithm_with_secrets_are_left_out() throws Exception {
    published.add(
        JsonWebKey.Factory.newJwk(
            "{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA\"}"));
    document.put(
        "id_token_signing_alg_values_supported", new JsonArray(List.of("HS256", "none", "ES256")));
    OpenIdKeys keys = keys("first");
    assertThat(keys.has("shared")).isFalse();
    assertThat(keys.algorithms()).containsExactly("ES256");
  }

  @Test
  void keys_over_a_plain_connection_are_not_taken_from_a_provider_on_https() {
    document.put("jwks_uri", "http://login.example.com/keys");
    assertThatThrownBy(() -> keys("first")).hasMessageContaining("not https");
  }

  private OpenIdKeys keys(String id) {
    return provider.keys(id).await().atMost(Duration.ofSeconds(60));
  }

  private Uni<Answer> answer(String address) {
    asked.add(address);
    JsonArray keys = new JsonArray();
    published.forEach(
        key ->
            keys.add(new JsonObject(key.toJson(JsonWebKey.OutputControlLevel.INCLUDE_SYMMETRIC))));
    String body =
        address.endsWith("/keys") ? new JsonObject().put("keys", keys).encode() : document.encode();
    return Uni.createFrom().item(new Answer(status, Optional.empty(), body));
  }

  private static final class MovingClock extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
