package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ForwardedHeadersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "X-Forwarded-For|1.1.1.1, 203.0.113.5, 10.0.0.1|203.0.113.5",
        "X-Forwarded-For|1.1.1.1, 203.0.113.5, 192.168.1.1|203.0.113.5",
        "X-Forwarded-For|1.1.1.1, 203.0.113.5, ::ffff:10.0.0.1|203.0.113.5",
        "X-Forwarded-For|[2001:db8::1]:443|2001:db8::1",
        "X-Forwarded-For|:1|none",
        "X-Forwarded-For|''|none",
        "X-Forwarded-Proto|https, http|https",
        "X-Forwarded-Proto|HTTPS|HTTPS",
        "X-Forwarded-Proto|javascript|none",
        "X-Forwarded-Proto|''|none",
        "X-Forwarded-Host|chat.example.com|chat.example.com",
        "X-Forwarded-Host|chat.example.com:8443, evil|chat.example.com:8443",
        "X-Forwarded-Host|[::1]:80|[::1]:80",
        "X-Forwarded-Host|:80|none",
        "X-Forwarded-Host|a:0|none",
        "X-Forwarded-Host|a:65536|none",
        "X-Forwarded-Host|a/b|none",
        "X-Forwarded-Host|user@a|none",
        "X-Forwarded-Port|443|443",
        "X-Forwarded-Port|65535|65535",
        "X-Forwarded-Port|65536|none",
        "X-Forwarded-Port|0|none",
        "X-Forwarded-Port|x|none",
        "X-Forwarded-Prefix|/chat|/chat",
        "X-Forwarded-Prefix|/chat?a=b|none",
        "Forwarded|for=1.1.1.1,"
            + " for=203.0.113.5;proto=https;host=a.b|for=203.0.113.5;proto=https;host=\"a.b\"",
        "Forwarded|for=\"[2001:db8::1]:1\"|for=\"[2001:db8::1]\"",
        "Forwarded|for=unknown;proto=gopher|none",
        "Forwarded|for=;host=\"\"|none",
        "Forwarded|;;,,==|none",
      })
  void quarkus_reads_one_value_that_it_can_read(String name, String value, String left) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(name, value).add("Host", "h");
    headers(true, true).normalize(headers);
    assertThat(headers.getAll(name)).isEqualTo(left == null ? List.of() : List.of(left));
    assertThat(headers.get("Host")).isEqualTo("h");
  }

  @Test
  void several_headers_of_a_name_become_one() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("X-Forwarded-For", "1.1.1.1")
            .add("X-Forwarded-For", "203.0.113.5")
            .add("x-forwarded-for", "10.9.9.9");
    headers(true, false).normalize(headers);
    assertThat(headers.getAll("X-Forwarded-For")).containsExactly("203.0.113.5");
  }

  @Test
  void the_forwarded_header_is_removed_unless_configured() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Forwarded", "for=203.0.113.5");
    headers(true, false).normalize(headers);
    assertThat(headers.contains("Forwarded")).isFalse();
  }

  @Test
  void without_a_proxy_nothing_is_touched() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("X-Forwarded-For", ":1");
    headers(false, true).normalize(headers);
    assertThat(headers.get("X-Forwarded-For")).isEqualTo(":1");
  }

  private static ForwardedHeaders headers(boolean isOn, boolean takesStandard) {
    return new ForwardedHeaders(
        isOn,
        takesStandard,
        "X-Forwarded-Host",
        "X-Forwarded-Prefix",
        Optional.of(List.of("10.0.0.0/8", "192.168.1.1:8080", "fd00::/8", "proxy.internal")));
  }
}
