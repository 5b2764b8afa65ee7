package chat.switchboard.inbound;

import chat.switchboard.librechat.Conversations;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.ops.Timers;
import jakarta.inject.Singleton;

/** Makes the lanes of conversations. */
@Singleton
class LaneFactory {

  private final RoutedInbox inbox;
  private final Conversations conversations;
  private final AnswerWait answers;
  private final LaneMedia media;
  private final BatchWriter writer;
  private final LeaseStore leases;
  private final Timers timers;
  private final LaneLimits limits;

  LaneFactory(
      RoutedInbox inbox,
      Conversations conversations,
      AnswerWait answers,
      LaneMedia media,
      BatchWriter writer,
      LeaseStore leases,
      Timers timers,
      LaneLimits limits) {
    this.inbox = inbox;
    this.conversations = conversations;
    this.answers = answers;
    this.media = media;
    this.writer = writer;
    this.leases = leases;
    this.timers = timers;
    this.limits = limits;
  }

  ConversationLane lane(String conversationId, ConversationLane.BranchWatch branches) {
    return new ConversationLane(
        new LaneBacklog(conversationId, inbox, timers),
        conversations,
        answers,
        media,
        writer,
        leases,
        branches,
        limits);
  }
}
