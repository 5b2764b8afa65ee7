package chat.switchboard.stream;

import chat.switchboard.feed.FeedEntry;
import chat.switchboard.feed.NewMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageQueries;
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
  public Uni<Void> onNew(List<FeedEntry> messages) {
    List<FeedEntry> listenedFor =
        messages.stream().filter(one -> subscriptions.anyFor(one.user())).toList();
    return queries
        .messages(listenedFor.stream().map(FeedEntry::id).toList())
        .invoke(found -> listenedFor.forEach(one -> announce(one, found.get(one.id()))))
        .replaceWithVoid();
  }

  /** A message that LibreChat has deleted since is not announced. */
  private void announce(FeedEntry entry, Message message) {
    if (message != null) {
      announcer.announceStored(message, entry.kind());
    }
  }

  @Override
  public void onSkipped() {
    subscriptions.resync();
  }
}
