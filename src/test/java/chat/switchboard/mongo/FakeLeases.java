package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The leases of one replica, in the memory that several share: the same steps as {@link Leases}
 * takes in the database, at most one at a time.
 */
public final class FakeLeases implements LeaseStore {

  /** The collection that the replicas share. */
  public static final class Shared {
    private final Map<String, Document> documents = new HashMap<>();
    private int tokens;

    /** Returns the replica that holds the lease; empty if none does. */
    Optional<String> holder(LeaseKey key) {
      return Optional.ofNullable(documents.get(key.id()))
          .filter(document -> document.handedOverAt == null)
          .map(document -> document.owner);
    }

    /** Deletes the lease, as an operator might. */
    void drop(LeaseKey key) {
      documents.remove(key.id());
    }

    boolean isWanted(LeaseKey key) {
      return documents.get(key.id()).wanted;
    }

    /** Returns the document, unless its lease was handed over too long ago. */
    private Document document(LeaseKey key, long now) {
      Document document = documents.get(key.id());
      if (document != null
          && document.handedOverAt != null
          && now - document.handedOverAt >= Leases.HANDED_OVER_FOR.toNanos()) {
        documents.remove(key.id());
        return null;
      }
      return document;
    }
  }

  private static final class Document {
    private String token;
    private String owner;
    private long beat;
    private boolean wanted;
    private Long handedOverAt;
  }

  private record Seen(String token, long beat, long since) {}

  private final Shared shared;
  private final String replica;
  private final Timers timers;
  private final Duration life;
  private final Map<LeaseKey, Seen> watched = new HashMap<>();
  private boolean away;
  private int calls;

  public FakeLeases(Shared shared, String replica, Timers timers, Duration life) {
    this.shared = shared;
    this.replica = replica;
    this.timers = timers;
    this.life = life;
  }

  /** Lets each call fail, or work again. */
  public void away(boolean isAway) {
    away = isAway;
  }

  /** Returns the number of calls that reach the database. */
  int calls() {
    return calls;
  }

  @Override
  public Uni<Optional<Lease>> take(LeaseKey key) {
    return step(
        () -> {
          long askedAt = timers.nanoTime();
          Document held = shared.document(key, timers.nanoTime());
          if (held == null) {
            held = new Document();
            shared.documents.put(key.id(), held);
            return Optional.of(own(key, held, askedAt, true));
          }
          if (held.handedOverAt != null) {
            return Optional.of(own(key, held, askedAt, false));
          }
          held.wanted = true;
          Seen now = new Seen(held.token, held.beat, askedAt);
          Seen before = watched.get(key);
          if (before == null || !before.token.equals(now.token) || before.beat != now.beat) {
            watched.put(key, now);
            return Optional.empty();
          }
          return now.since - before.since >= life.toNanos()
              ? Optional.of(own(key, held, askedAt, false))
              : Optional.empty();
        });
  }

  private Lease own(LeaseKey key, Document document, long askedAt, boolean wasFree) {
    document.token = "token " + shared.tokens++;
    document.owner = replica;
    document.beat = 0;
    document.wanted = false;
    document.handedOverAt = null;
    watched.remove(key);
    return new Lease(key, document.token, life, askedAt, timers::nanoTime, wasFree);
  }

  @Override
  public Uni<Renewal> renew(Lease lease) {
    return step(
        () -> {
          Document held = shared.document(lease.key, timers.nanoTime());
          if (held == null || !held.token.equals(lease.token)) {
            lease.lose();
            return Renewal.LOST;
          }
          held.beat++;
          lease.renewed(timers.nanoTime());
          return held.wanted ? Renewal.WANTED_BY_ANOTHER : Renewal.KEPT;
        });
  }

  @Override
  public Uni<Void> giveBack(Lease lease) {
    return step(
        () -> {
          Document held = shared.document(lease.key, timers.nanoTime());
          if (held != null && held.token.equals(lease.token)) {
            shared.documents.remove(lease.key.id());
          }
          return null;
        });
  }

  @Override
  public Uni<Void> handOver(Lease lease) {
    return step(
        () -> {
          Document held = shared.document(lease.key, timers.nanoTime());
          if (held != null && held.token.equals(lease.token)) {
            held.handedOverAt = timers.nanoTime();
          }
          return null;
        });
  }

  @Override
  public void forget(LeaseKey key) {
    watched.remove(key);
  }

  private <T> Uni<T> step(Supplier<T> step) {
    return Uni.createFrom()
        .item(
            () -> {
              calls++;
              if (away) {
                throw new IllegalStateException("The database is away");
              }
              return step.get();
            });
  }
}
