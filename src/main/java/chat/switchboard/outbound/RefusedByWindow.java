package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a text that WhatsApp refused because the window had closed meanwhile. The refused try is
 * retired, so that a repeated report of it changes nothing.
 */
@ApplicationScoped
class RefusedByWindow {

  private final WindowPolicy policy;
  private final SessionWindows windows;
  private final Transitions transitions;
  private final Event<WindowOpened> due;

  RefusedByWindow(
      WindowPolicy policy,
      SessionWindows windows,
      Transitions transitions,
      Event<WindowOpened> due) {
    this.policy = policy;
    this.windows = windows;
    this.transitions = transitions;
    this.due = due;
  }

  /** Whether an error with this code is about the window. A refused template is not sent again. */
  static boolean concerns(OutboxEntry entry, Integer code) {
    return code != null
        && code == WindowPolicy.CLOSED
        && entry.template == null
        && !Boolean.TRUE.equals(entry.asTemplate)
        && SessionWindows.has(entry.phoneNumber);
  }

  /** The result: {@code kept} is false if the text ends as the carrier says. */
  record Result(boolean kept, Optional<OutboxEntry> changed) {}

  /**
   * Holds the text if its rule says so.
   *
   * @param which the condition of the step
   * @param sid the carrier's name for the refused try, if there is one
   */
  Uni<Result> keep(OutboxEntry entry, OutboxCondition which, Optional<String> sid, String words) {
    return policy
        .refused(entry, triedAt(entry))
        .flatMap(
            done -> {
              WindowPolicy.Decision decision = policy.afterRefusal(entry, words);
              if (decision instanceof WindowPolicy.Decision.Fail) {
                return Uni.createFrom().item(new Result(false, Optional.empty()));
              }
              return decision instanceof WindowPolicy.Decision.Wait wait
                  ? hold(which, sid, wait, false)
                      .call(
                          result ->
                              result
                                  .changed()
                                  .map(windows::recheck)
                                  .orElseGet(() -> Uni.createFrom().voidItem()))
                  : hold(which, sid, policy.templateNext(entry), true);
            });
  }

  private Uni<Result> hold(
      OutboxCondition which, Optional<String> sid, WindowPolicy.Decision.Wait wait, boolean now) {
    List<OutboxChange> more = new ArrayList<>();
    more.add(OutboxChange.awaitWindow(wait.until()));
    more.add(OutboxChange.endTry());
    more.add(OutboxChange.errorCode(WindowPolicy.CLOSED));
    more.add(OutboxChange.noFilesDue());
    sid.ifPresent(one -> more.add(OutboxChange.retireSid(one)));
    return transitions
        .take(
            which,
            OutboxState.HELD,
            wait.cause(),
            Optional.of(now ? transitions.now() : wait.until()),
            null,
            more)
        .invoke(
            changed -> {
              if (now && changed.isPresent()) {
                due.fire(new WindowOpened());
              }
            })
        .map(changed -> new Result(true, changed));
  }

  private static Date triedAt(OutboxEntry entry) {
    List<OutboxEntry.Change> changes = entry.changes();
    return changes.stream()
        .filter(change -> change.state() == OutboxState.SENDING)
        .map(OutboxEntry.Change::at)
        .reduce((first, second) -> second)
        .orElse(entry.queuedAt);
  }
}
