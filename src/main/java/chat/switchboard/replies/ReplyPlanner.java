package chat.switchboard.replies;

import chat.switchboard.librechat.ThreadNode;
import chat.switchboard.replies.Reply.State;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans the next step for the open replies of a conversation; reads and writes no database. */
@ApplicationScoped
class ReplyPlanner {

  /** A burst that does not end is answered after this many times the debounce. */
  private static final int LONGEST_BURST = 15;

  private final RepliesConfig config;
  private final Clock clock;

  ReplyPlanner(RepliesConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Returns the time until the end of the burst or until the next attempt; empty if the request to
   * LibreChat is due now.
   *
   * @param open in the order of their questions
   */
  Optional<Duration> untilDue(List<Reply> open) {
    if (open.isEmpty() || open.stream().anyMatch(reply -> reply.state == State.ASKING)) {
      return Optional.empty();
    }
    Reply first = open.get(0);
    Reply newest = open.get(open.size() - 1);
    long now = clock.millis();
    long longest = config.debounce().toMillis() * LONGEST_BURST;
    boolean endless = newest.attempts == 0 && now - first.wantedAt.getTime() > longest;
    long left = newest.dueAt.getTime() - now;
    return left <= 0 || endless ? Optional.empty() : Optional.of(Duration.ofMillis(left));
  }

  /**
   * Returns the plan.
   *
   * @param allowed the phones that may be answered
   */
  ReplyPlan plan(ReplySituation situation, List<Recipient> allowed) {
    if (!situation.cut().isEmpty() && situation.here().isEmpty()) {
      return planCutOff(situation, allowed);
    }
    // The answer to the newer messages also answers the messages whose answer was cut off.
    List<Reply> here = new ArrayList<>(situation.cut());
    here.addAll(situation.here());
    if (here.isEmpty()) {
      return new ReplyPlan.Nothing(situation.elsewhere());
    }
    if (situation.end().answer().isPresent()) {
      return new ReplyPlan.Deliver(situation.elsewhere(), here, situation.end().answer().get());
    }
    List<Recipient> phones = Recipient.ofEach(here);
    List<Recipient> to = Recipient.among(allowed, phones);
    return !phones.isEmpty() && to.isEmpty()
        ? new ReplyPlan.StaySilent(situation.elsewhere(), here)
        : new ReplyPlan.Ask(situation.elsewhere(), here, situation.end().run().get(0), to);
  }

  private ReplyPlan planCutOff(ReplySituation situation, List<Recipient> allowed) {
    List<Reply> cut = situation.cut();
    List<Recipient> phones = Recipient.ofEach(cut);
    List<Recipient> to = Recipient.among(allowed, phones);
    if (!phones.isEmpty() && to.isEmpty()) {
      return new ReplyPlan.StaySilent(situation.elsewhere(), cut);
    }
    Reply last = cut.get(cut.size() - 1);
    if (situation.tail().parent().filter(ThreadNode::byUser).isPresent()) {
      long waited = clock.millis() - last.begunAt.getTime();
      return waited > 2 * config.timeout().toMillis()
          ? new ReplyPlan.GiveUp(
              situation.elsewhere(),
              cut,
              "The owner's turn that cut the answer off has no answer itself")
          : new ReplyPlan.Postpone(situation.elsewhere(), cut);
    }
    return Repeats.times(last) >= Repeats.MOST
        ? new ReplyPlan.GiveUp(
            situation.elsewhere(), cut, "The owner's turns cut the answer off each time")
        : new ReplyPlan.Repeat(situation.elsewhere(), cut, situation.tail(), to);
  }
}
