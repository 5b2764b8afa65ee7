package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Finding;
import chat.switchboard.ops.Finding.Status;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LibreChatIndexesCheckTest {

  private static final List<String> ID = List.of("_id");
  private static final List<String> MESSAGE = List.of("messageId", "user");
  private static final List<String> LINE = List.of("conversationId", "user", "createdAt");
  private static final List<String> CONVERSATION = List.of("conversationId", "user", "tenantId");

  @Test
  void librechats_indexes_are_known_also_with_a_tenant_behind() {
    assertThat(
            LibreChatIndexesCheck.of(
                    Set.of(ID, List.of("messageId", "user", "tenantId"), LINE),
                    Set.of(ID, CONVERSATION))
                .status())
        .isEqualTo(Status.OK);
  }

  @Test
  void a_missing_one_is_named() {
    Finding finding =
        LibreChatIndexesCheck.of(
            Set.of(ID, MESSAGE, List.of("conversationId")), Set.of(ID, CONVERSATION));
    assertThat(finding.status()).isEqualTo(Status.WARN);
    assertThat(finding.says()).contains("messages {conversationId, user, createdAt}");
  }

  @Test
  void an_empty_database_lacks_them_all() {
    assertThat(LibreChatIndexesCheck.of(Set.of(), Set.of()).says().split(";")).hasSize(3);
  }
}
