package chat.switchboard.hooks;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import com.mongodb.client.result.UpdateResult;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/** The hooks in {@code switchboard_hooks}. */
@ApplicationScoped
class HookStore implements ReactivePanacheMongoRepositoryBase<HookEntity, String> {

  /** The most hooks that are stored. */
  static final int MOST = 500;

  /** All hooks by their names: {@link #MOST} of some kilobytes each. */
  Uni<List<HookEntity>> all() {
    return find(new Document(), new Document("_id", 1)).range(0, MOST - 1).list();
  }

  /** Whether there are {@link #MOST} hooks. */
  Uni<Boolean> isFull() {
    return BoundedCount.upTo(MOST, mongoCollection(), new Document()).map(count -> count >= MOST);
  }

  /** Stores a new hook; false if there is one with this name. */
  Uni<Boolean> insert(HookEntity hook) {
    return persist(hook).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /**
   * Replaces everything but the time of creation, and the secrets only if there are new ones: a
   * rotation at the same moment is not undone.
   *
   * @return false if there is no such hook
   */
  Uni<Boolean> replace(HookEntity hook) {
    Document set = new Document();
    Document unset = new Document();
    put(set, unset, "scheme", hook.scheme);
    put(set, unset, "settings", hook.settings);
    put(set, unset, "owner", hook.owner);
    put(set, unset, "conversationId", hook.conversationId);
    put(set, unset, "thread", hook.thread);
    put(set, unset, "title", hook.title);
    put(set, unset, "when", hook.when);
    put(set, unset, "template", hook.template);
    put(set, unset, "sender", hook.sender);
    put(set, unset, "digestSeconds", hook.digestSeconds);
    put(set, unset, "reply", hook.reply);
    put(set, unset, "endpoint", hook.endpoint);
    put(set, unset, "model", hook.model);
    put(set, unset, "agentId", hook.agentId);
    put(set, unset, "enabled", hook.enabled);
    put(set, unset, "updatedAt", hook.updatedAt);
    if (hook.secrets != null) {
      set.append("secrets", hook.secrets);
    }
    Document change = new Document("$set", set);
    if (!unset.isEmpty()) {
      change.append("$unset", unset);
    }
    return mongoCollection()
        .updateOne(new Document("_id", hook.id), change)
        .map(HookStore::isFound);
  }

  private static void put(Document set, Document unset, String field, Object value) {
    if (value == null) {
      unset.append(field, "");
    } else {
      set.append(field, value);
    }
  }

  /**
   * Sets the secrets of a hook that has not changed meanwhile.
   *
   * @param updatedAt the time of the change that the new secrets are made from
   */
  Uni<Boolean> setSecrets(String name, Date updatedAt, List<Document> secrets, Date now) {
    return mongoCollection()
        .updateOne(
            new Document("_id", name).append("updatedAt", updatedAt),
            new Document("$set", new Document("secrets", secrets).append("updatedAt", now)))
        .map(HookStore::isFound);
  }

  private static boolean isFound(UpdateResult result) {
    return result.getMatchedCount() > 0;
  }
}
