package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two versions of the service share the leases during a rolling update. */
@Tag("unit")
class LeaseKeyTest {

  @Test
  void the_ids_of_leases_are_those_of_the_version_before() {
    assertThat(LeaseKey.conversation("7a1e").id()).isEqualTo("7a1e");
    assertThat(LeaseKey.sender("+15550001111").id()).isEqualTo("sms:+15550001111");
    assertThat(LeaseKey.reply("7a1e").id()).isEqualTo("reply:7a1e");
    assertThat(LeaseKey.job("housekeeping").id()).isEqualTo("housekeeping");
  }
}
