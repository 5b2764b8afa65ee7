package chat.switchboard.librechat;

import static com.mongodb.client.model.Filters.ne;

import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.quarkus.mongodb.FindOptions;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.types.ObjectId;

/**
 * Checks whether conversations of Switchboard have a deadline if LibreChat's own conversations have
 * one.
 */
@Singleton
class RetentionCheck implements Check {

  /** The number of LibreChat's newest permanent conversations that the check reads. */
  private static final int NEWEST = 50;

  private static final long LONGEST_MILLIS = 2_000;

  private final Optional<Duration> retention;

  RetentionCheck(LibreChatConfig config) {
    this.retention = config.retention();
  }

  @Override
  public Area area() {
    return Area.LIBRECHAT;
  }

  @Override
  public String name() {
    return "Retention";
  }

  @Override
  public Uni<Finding> look() {
    return Conversation.<Conversation>mongoCollection()
        .find(
            // Temporary chats have a deadline even without a policy.
            ne("isTemporary", true),
            new FindOptions()
                .sort(Sorts.descending("createdAt"))
                .limit(NEWEST)
                .maxTime(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
                .projection(
                    Projections.include("conversationId", "user", "expiredAt", "updatedAt")))
        .collect()
        .asList()
        .map(this::of);
  }

  private Finding of(List<Conversation> newest) {
    return of(newest, retention);
  }

  static Finding of(List<Conversation> newest, Optional<Duration> retention) {
    List<Conversation> theirs = newest.stream().filter(one -> !isOurs(one)).limit(5).toList();
    Optional<Conversation> ending =
        theirs.stream().allMatch(RetentionCheck::ends)
            ? theirs.stream().findFirst()
            : Optional.empty();
    if (ending.isPresent() && retention.isEmpty()) {
      String kept = ending.flatMap(RetentionCheck::kept).map(hours -> hours + "h").orElse("720h");
      return Finding.warn(
          "LibreChat's newest conversations have a deadline, and the conversations that "
              + "Switchboard creates have none: they outlive the retention policy of librechat.yaml.",
          "Set switchboard.retention to interface.generalChatRetention of librechat.yaml (or "
              + "temporaryChatRetention, if the former is not set); by the newest conversation that "
              + "is "
              + kept
              + ".");
    }
    boolean lasting = !theirs.isEmpty() && theirs.stream().noneMatch(RetentionCheck::ends);
    if (lasting && retention.isPresent()) {
      return Finding.warn(
          "Conversations that Switchboard opens are deleted after "
              + retention.get().toHours()
              + "h, and LibreChat's newest conversations have no deadline.",
          "Remove switchboard.retention, unless this difference is intended.");
    }
    return Finding.ok(
        retention
            .map(set -> "Conversations that Switchboard opens are kept for " + set.toHours() + "h.")
            .orElse("Neither Switchboard's nor LibreChat's own conversations have a deadline."));
  }

  private static boolean ends(Conversation conversation) {
    return conversation.expiredAt != null && conversation.expiredAt.isDateTime();
  }

  /** Calculates the retention as LibreChat does: the time from the last save to the deadline. */
  private static Optional<Long> kept(Conversation conversation) {
    Date saved = conversation.updatedAt;
    return saved == null
        ? Optional.empty()
        : Optional.of(
            Math.max(
                1,
                Math.round(
                    (conversation.expiredAt.asDateTime().getValue() - saved.getTime())
                        / (double) Duration.ofHours(1).toMillis())));
  }

  /** Switchboard's conversations have an {@code _id} that is computed from their name and owner. */
  private static boolean isOurs(Conversation conversation) {
    ObjectId ours =
        DeterministicIds.objectId(
            DeterministicIds.uuid(conversation.conversationId, conversation.user));
    return ours.equals(conversation.id);
  }
}
