package chat.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.support.Configured;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What LibreChat's variables of Redis mean. */
@Tag("unit")
class RedisServerTest {

  @ParameterizedTest
  @CsvSource({
    "redis://host, redis://host:6379",
    "redis://host:7000/3, redis://host:7000/3",
    "rediss://host/, rediss://host:6379",
    "redis://:word@host, redis://:word@host:6379",
    "redis://ann:p%40ss%2Fword@host, redis://ann:p%40ss%2Fword@host:6379",
    "redis://[::1]:7000, redis://[::1]:7000",
  })
  void an_address_has_the_form_of_its_client(String uri, String expected) {
    assertThat(options(uri, Map.of()).getEndpoints()).containsExactly(expected);
  }

  @Test
  void the_user_and_the_password_have_variables_of_their_own() {
    RedisOptions options =
        options("redis://host", Map.of("username", "ännchen", "password", "a b/c@d"));
    assertThat(options.getEndpoints())
        .containsExactly("redis://%C3%A4nnchen:a+b%2Fc%40d@host:6379");
  }

  @Test
  void the_password_of_the_address_comes_first() {
    assertThat(options("redis://:one@host", Map.of("password", "two")).getEndpoints())
        .containsExactly("redis://:one@host:6379");
  }

  @Test
  void several_addresses_are_a_cluster_and_with_a_master_sentinels() {
    String nodes = "redis://one:7000, redis://two:7000";
    assertThat(options(nodes, Map.of()).getType()).isEqualTo(RedisClientType.CLUSTER);
    assertThat(options("redis://one", Map.of("cluster", "true")).getType())
        .isEqualTo(RedisClientType.CLUSTER);
    RedisOptions sentinels = options(nodes, Map.of("sentinel-master", "main"));
    assertThat(sentinels.getType()).isEqualTo(RedisClientType.SENTINEL);
    assertThat(sentinels.getMasterName()).isEqualTo("main");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host:6379",
        "http://host",
        "redis://",
        "redis://host/database",
        "redis://host?x=1",
        "redis://:se cret@host",
        "redis://host,ftp://other",
        ","
      })
  void another_form_is_refused_without_a_word_of_the_address(String uri) {
    assertThatThrownBy(() -> options(uri, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("REDIS_URI")
        .hasNoCause()
        .message()
        .doesNotContain("se cret", "other");
  }

  @Test
  void the_authorities_of_a_file_are_the_only_ones_and_imply_tls(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "certificates");
    RedisOptions options = options("redis://host", Map.of("ca", file.toString()));
    assertThat(options.getNetClientOptions().isSsl()).isTrue();
    // The client refuses redis:// with TLS in its options.
    assertThat(options.getEndpoints()).containsExactly("rediss://host:6379");
    assertThat(options.getNetClientOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
    assertThatThrownBy(() -> options("redis://host", Map.of("ca", folder + "/none.pem")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("REDIS_CA");
  }

  private static RedisOptions options(String uri, Map<String, String> more) {
    String[] settings =
        more.entrySet().stream()
            .flatMap(one -> Stream.of("switchboard.redis." + one.getKey(), one.getValue()))
            .toArray(String[]::new);
    return RedisServer.options(uri, Configured.with(RedisConfig.class, settings));
  }
}
