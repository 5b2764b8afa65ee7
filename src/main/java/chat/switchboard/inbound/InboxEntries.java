package chat.switchboard.inbound;

import chat.switchboard.mongo.Store;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

/** The collection {@code switchboard_inbox}, for {@link Inbox} and {@link InboxTransitions}. */
@Store
@ApplicationScoped
class InboxEntries implements ReactivePanacheMongoRepositoryBase<InboxEntry, String> {}
