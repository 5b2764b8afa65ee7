package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class AddressMethodsTest {

  private final AddressMethods methods = new AddressMethods();

  AddressMethodsTest() {
    methods.add("/api/sms", List.of("list"));
    methods.add("/api/sms/conversations/:conversationId", List.of("group"));
    methods.add("/api/sms/:id", List.of("one"));
    methods.add("/api/sms/:id/requeue", List.of("requeue"));
    methods.add("/api/spend/pause", List.of("pause"));
    methods.add("/api/spend/:day", List.of("day"));
    methods.add("/switchboard/", List.of("page"));
    methods.add("/q/*", List.of("quarkus"));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/sms, list",
    "/api/sms/, list",
    "/api/sms/5, one",
    "/api/sms/5/, one",
    "/api/sms/ünï·١, one",
    "/api/sms/5/requeue, requeue",
    "/api/sms/conversations/7, group",
    "/api/spend/pause, pause",
    "/api/spend/today, day",
    "/switchboard, page",
    "/switchboard/, page",
    "/q, quarkus",
    "/q/health/ready, quarkus",
  })
  void a_path_has_the_methods_of_its_address(String path, String expected) {
    assertThat(methods.of(path)).contains(List.of(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "/",
    "''",
    "/api",
    "/api/sm",
    "/api/smsx",
    "/api/sms//",
    "/api/sms//requeue",
    "/api/sms/5/other",
    "/api/sms/5/requeue/6",
    "/quarkus",
    "api/sms",
  })
  void an_unknown_path_has_none(String path) {
    assertThat(methods.of(path)).isEmpty();
  }
}
