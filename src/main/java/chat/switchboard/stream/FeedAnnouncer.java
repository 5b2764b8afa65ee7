package chat.switchboard.stream;

import chat.switchboard.feed.NewMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageQueries;
import chat.switchboard.librechat.MessageSummary;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Announces messages of the feed to the browsers of this process: messages that other replicas
 * injected, and the answers of LibreChat's agent to injected messages. Only messages of users with
 * an open stream are read whole.
 */
@ApplicationScoped
class FeedAnnouncer implements NewMessageListener {

  private final MessageQueries queries;
  private final Announcer announcer;
  private final Subscriptions subscriptions;

  FeedAnnouncer(MessageQueries queries, Announcer announcer, Subscriptions subscriptions) {
    this.queries = queries;
    this.announcer = announcer;
    this.subscriptions = subscriptions;
  }

  @Override
  public Uni<Void> onNew(List<MessageSummary> messages) {
    List<MessageSummary> listenedFor =
        messages.stream().filter(one -> !one.byUser() && subscriptions.anyFor(one.user())).toList();
    return queries
        .answers(listenedFor.stream().filter(one -> !one.external()).toList())
        .flatMap(
            answers -> {
              List<MessageSummary> announced =
                  listenedFor.stream()
                      .filter(one -> one.external() || answers.contains(one))
                      .toList();
              return queries
                  .messages(announced.stream().map(MessageSummary::id).toList())
                  .invoke(found -> announced.forEach(one -> announce(one, found.get(one.id()))));
            })
        .replaceWithVoid();
  }

  /** A message that LibreChat has deleted since is not announced. */
  private void announce(MessageSummary summary, Message message) {
    if (message == null) {
      return;
    }
    if (summary.external()) {
      announcer.announce(message);
    } else {
      announcer.announceReply(message);
    }
  }

  @Override
  public void onSkipped() {
    subscriptions.resync();
  }
}
