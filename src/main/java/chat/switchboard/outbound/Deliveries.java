package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.outbound.DeliveryReport.News;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.util.List;
import java.util.Optional;
import org.bson.conversions.Bson;

/** Notes what the carrier tells of texts that it was handed. */
@ApplicationScoped
public class Deliveries {

  private final SwitchboardConfig.Outbox config;
  private final Transitions transitions;
  private final OptOuts optOuts;
  private final Event<TextQueued> queued;

  Deliveries(
      SwitchboardConfig config,
      Transitions transitions,
      OptOuts optOuts,
      Event<TextQueued> queued) {
    this.config = config.outbox();
    this.transitions = transitions;
    this.optOuts = optOuts;
    this.queued = queued;
  }

  /** What a report led to. */
  public enum Heard {
    CHANGED,
    NOTHING_NEW,
    UNKNOWN
  }

  /** Notes what is reported of a text; more than once, and in whatever order. */
  public Uni<Heard> report(DeliveryReport report) {
    Bson which = report.id().<Bson>map(id -> eq("_id", id)).orElse(eq("sid", report.sid()));
    return OutboxEntry.<OutboxEntry>find(which)
        .firstResult()
        .flatMap(
            entry ->
                entry == null
                    ? Uni.createFrom().item(Heard.UNKNOWN)
                    : apply(entry, report)
                        .map(changed -> changed.isPresent() ? Heard.CHANGED : Heard.NOTHING_NEW));
  }

  private Uni<Optional<OutboxEntry>> apply(OutboxEntry entry, DeliveryReport report) {
    News news = report.news();
    if (news instanceof News.OnItsWay) {
      return heard(entry, report, OutboxState.SENT, null, null);
    }
    if (news instanceof News.Delivered) {
      return heard(entry, report, OutboxState.DELIVERED, null, null);
    }
    if (news instanceof News.Failed failed) {
      return heard(
          entry,
          report,
          failed.onTheWay() ? OutboxState.UNDELIVERED : OutboxState.FAILED,
          failed.code(),
          failed.cause());
    }
    if (news instanceof News.OptedOut out) {
      return optOuts
          .add(
              entry.phoneNumber,
              List.of(entry.sender),
              String.valueOf(out.code()),
              Optional.of(report.sid()))
          .flatMap(done -> heard(entry, report, OutboxState.BLOCKED, out.code(), out.cause()));
    }
    News.MayGoLater later = (News.MayGoLater) news;
    return again(entry, report, later)
        .flatMap(
            again ->
                again.isPresent()
                    ? Uni.createFrom().item(again)
                    : heard(entry, report, OutboxState.UNDELIVERED, later.code(), later.cause()));
  }

  /** Only upwards in rank, and only of the try that counts; both in one atomic step. */
  private Uni<Optional<OutboxEntry>> heard(
      OutboxEntry entry, DeliveryReport report, OutboxState state, Integer code, String cause) {
    return transitions.end(
        and(thisTry(entry, report), in("state", state.below())),
        state,
        cause,
        Updates.set("sid", report.sid()),
        code == null ? Updates.unset("errorCode") : Updates.set("errorCode", code));
  }

  /** It did not arrive, and for a reason that passes. */
  private Uni<Optional<OutboxEntry>> again(
      OutboxEntry entry, DeliveryReport report, News.MayGoLater later) {
    return transitions
        .take(
            and(
                thisTry(entry, report),
                in(
                    "state",
                    OutboxState.names(
                        OutboxState.SENDING, OutboxState.AMBIGUOUS, OutboxState.SENT)),
                lt("attempts", config.maxAttempts())),
            OutboxState.QUEUED,
            later.cause(),
            Optional.of(transitions.nextAttempt(entry.attempts, Optional.empty())),
            entry.sender,
            List.of(
                Updates.set("errorCode", later.code()),
                Updates.unset("sid"),
                Updates.unset("claim"),
                Updates.push("pastSids", report.sid())))
        .invoke(again -> again.ifPresent(one -> queued.fire(new TextQueued(one.sender))));
  }

  private static Bson thisTry(OutboxEntry entry, DeliveryReport report) {
    return and(
        eq("_id", entry.id),
        or(eq("sid", null), eq("sid", report.sid())),
        ne("pastSids", report.sid()));
  }
}
