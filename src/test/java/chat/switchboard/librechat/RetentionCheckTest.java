package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Finding;
import chat.switchboard.ops.Finding.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonDateTime;
import org.bson.BsonNull;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The doctor's check of deadlines. */
@Tag("unit")
class RetentionCheckTest {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @Test
  void the_retention_check_warns_if_only_librechats_conversations_have_a_deadline() {
    Finding finding =
        RetentionCheck.of(
            List.of(ours(null), theirs(Duration.ofHours(2160)), theirs(Duration.ofHours(2160))),
            Optional.empty());
    assertThat(finding.status()).isEqualTo(Status.WARN);
    assertThat(finding.mend()).contains("switchboard.retention", "2160h");
  }

  @Test
  void the_retention_check_warns_if_only_switchboards_conversations_have_a_deadline() {
    Finding finding = RetentionCheck.of(List.of(theirs(null)), Optional.of(Duration.ofDays(30)));
    assertThat(finding.status()).isEqualTo(Status.WARN);
    assertThat(finding.says()).contains("720h");
  }

  @Test
  void the_retention_check_is_ok_if_both_or_neither_have_a_deadline() {
    List<Conversation> ending = List.of(theirs(Duration.ofDays(30)));
    assertThat(RetentionCheck.of(ending, Optional.of(Duration.ofDays(30))).status())
        .isEqualTo(Status.OK);
    List<Conversation> one = List.of(theirs(null), theirs(Duration.ofDays(30)));
    assertThat(RetentionCheck.of(one, Optional.empty()).status()).isEqualTo(Status.OK);
    assertThat(RetentionCheck.of(List.of(ours(null)), Optional.empty()).status())
        .isEqualTo(Status.OK);
    assertThat(RetentionCheck.of(List.of(), Optional.empty()).status()).isEqualTo(Status.OK);
  }

  private static Conversation theirs(Duration kept) {
    Conversation conversation = new Conversation();
    conversation.id = new ObjectId();
    conversation.conversationId = UUID.randomUUID().toString();
    conversation.user = new ObjectId().toHexString();
    conversation.updatedAt = Date.from(NOW);
    conversation.expiredAt =
        kept == null ? BsonNull.VALUE : new BsonDateTime(NOW.plus(kept).toEpochMilli());
    return conversation;
  }

  private static Conversation ours(Duration kept) {
    Conversation conversation = theirs(kept);
    conversation.id =
        DeterministicIds.objectId(
            DeterministicIds.uuid(conversation.conversationId, conversation.user));
    return conversation;
  }
}
