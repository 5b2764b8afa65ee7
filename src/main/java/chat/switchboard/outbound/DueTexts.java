package chat.switchboard.outbound;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the texts of one service number that can be sent now. */
@ApplicationScoped
class DueTexts {

  /** How many texts are read at once to find some that can go. */
  private static final int LOOKED_AT = 200;

  private final OutboxEntries entries;
  private final SendAttempts attempts;
  private final Clock clock;

  DueTexts(OutboxEntries entries, SendAttempts attempts, Clock clock) {
    this.entries = entries;
    this.attempts = attempts;
    this.clock = clock;
  }

  /** Whether this number has a text that is not sent yet. */
  Uni<Boolean> hasOpen(String sender) {
    return entries.open(sender, Set.of(), 1).map(open -> !open.isEmpty());
  }

  /**
   * Returns the texts that can go; only under the lease of the number. A text that is being sent
   * was left by a process that died or lost the lease: Twilio may have it or not, so that it
   * becomes ambiguous and is not sent again.
   */
  Uni<SendCandidates> find(String sender) {
    return find(sender, new HashSet<>());
  }

  private Uni<SendCandidates> find(String sender, Set<String> waiting) {
    return entries
        .open(sender, waiting, LOOKED_AT)
        .flatMap(
            open -> {
              List<OutboxEntry> foreign =
                  open.stream().filter(entry -> entry.state == OutboxState.SENDING).toList();
              if (!foreign.isEmpty()) {
                return settle(foreign).flatMap(done -> find(sender, waiting));
              }
              SendCandidates found = SendCandidates.of(open, waiting, clock.millis());
              return found.ready().isEmpty() && open.size() == LOOKED_AT
                  ? find(sender, waiting)
                  : Uni.createFrom().item(found);
            });
  }

  private Uni<List<Void>> settle(List<OutboxEntry> foreign) {
    return Multi.createFrom()
        .iterable(foreign)
        .onItem()
        .transformToUniAndConcatenate(attempts::abandoned)
        .collect()
        .asList();
  }
}
