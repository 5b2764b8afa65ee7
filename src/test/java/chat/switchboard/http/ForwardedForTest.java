package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ForwardedForTest {

  private static final Set<String> TRUSTED = Set.of("10.0.0.1", "10.0.0.2", "fd00::1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "203.0.113.5|203.0.113.5",
        "203.0.113.5:4711|203.0.113.5",
        "1.1.1.1, 203.0.113.5|203.0.113.5",
        "made-up, 203.0.113.5|203.0.113.5",
        "10.0.0.9, 203.0.113.5|203.0.113.5",
        "1.1.1.1, 203.0.113.5, 10.0.0.1|203.0.113.5",
        "1.1.1.1, 203.0.113.5, 10.0.0.2, 10.0.0.1|203.0.113.5",
        "10.0.0.2, 10.0.0.1|10.0.0.2",
        "1.1.1.1, made-up, 10.0.0.1|10.0.0.1",
        "203.0.113.5, unknown|none",
        "203.0.113.5, _hidden|none",
        "203.0.113.5, :1|none",
        ":1, 203.0.113.5|203.0.113.5",
        ":8080|none",
        "''|none",
        "','|none",
        "203.0.113.5,|203.0.113.5",
        "2001:db8::1|2001:db8::1",
        "[2001:db8::1]|2001:db8::1",
        "[2001:db8::1]:443|2001:db8::1",
        "\"[2001:db8::1]:443\"|2001:db8::1",
        "1.1.1.1, 2001:db8::1, fd00::1|2001:db8::1",
        "::ffff:203.0.113.5|203.0.113.5",
        "[::ffff:203.0.113.5]:80|203.0.113.5",
        "fe80::1%eth0|none",
        "[2001:db8::1|none",
        "[2001:db8::1]x|none",
        "203.0.113.5:port|none",
        "203.0.113.5:123456|none",
        "203.0.113|none",
        "203.0.113.256|none",
        "2001:db8|none",
        "localhost|none",
      })
  void the_last_entry_that_is_no_trusted_proxy_counts(String header, String client) {
    assertThat(client(List.of(header))).isEqualTo(client);
  }

  @Test
  void several_headers_are_read_as_one() {
    assertThat(client(List.of("1.1.1.1", "203.0.113.5", "10.0.0.1"))).isEqualTo("203.0.113.5");
    assertThat(client(List.of("1.1.1.1,".repeat(500), "203.0.113.5"))).isEqualTo("203.0.113.5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=203.0.113.5|203.0.113.5",
        "For=\"[2001:db8::1]:4711\"|2001:db8::1",
        "for=1.1.1.1, for=203.0.113.5;proto=https;by=10.0.0.1, for=10.0.0.1|203.0.113.5",
        "for=1.1.1.1;for=203.0.113.5|203.0.113.5",
        "proto=https;for=203.0.113.5;host=a|203.0.113.5",
      })
  void the_standard_header_is_read_by_the_same_rule(String header, String client) {
    assertThat(client(ForwardedFor.forParameters(List.of(header)))).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.5,203.0.113.5",
    "::ffff:203.0.113.5,203.0.113.5",
    "2001:db8:0:1::1,20010db800000001/64",
    "2001:db8:0:1:ffff:ffff:ffff:ffff,20010db800000001/64",
    "2001:db8:0:2::1,20010db800000002/64",
    "fe80::1%eth0,fe80000000000000/64",
    "::1,0000000000000000/64",
    "somewhere,unknown",
  })
  void attempts_are_counted_by_ipv4_address_and_by_ipv6_network(String address, String network) {
    assertThat(ClientNetwork.of(address)).isEqualTo(network);
  }

  @Test
  void a_client_without_an_address_is_counted_too() {
    assertThat(ClientNetwork.of(null)).isEqualTo("unknown");
  }

  private static String client(List<String> headers) {
    return ForwardedFor.client(headers, one -> TRUSTED.contains(NetUtil.toAddressString(one)))
        .map(NetUtil::toAddressString)
        .orElse(null);
  }
}
