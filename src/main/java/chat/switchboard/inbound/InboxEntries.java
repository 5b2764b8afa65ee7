package chat.switchboard.inbound;

import chat.switchboard.mongo.Store;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import jakarta.inject.Singleton;

/** The collection {@code switchboard_inbox}, for {@link Inbox} and {@link InboxTransitions}. */
@Store
@Singleton
class InboxEntries implements ReactivePanacheMongoRepositoryBase<InboxEntry, String> {}
