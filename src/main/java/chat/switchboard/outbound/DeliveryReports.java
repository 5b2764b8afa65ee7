package chat.switchboard.outbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.outbound.DeliveryReport.News;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.bson.conversions.Bson;

/** Records the carrier's reports about sent texts. */
@ApplicationScoped
public class DeliveryReports {

  private final Transitions transitions;
  private final OptOuts optOuts;

  DeliveryReports(Transitions transitions, OptOuts optOuts) {
    this.transitions = transitions;
    this.optOuts = optOuts;
  }

  /** The result of a report. */
  public enum Heard {
    CHANGED,
    NOTHING_NEW,
    UNKNOWN
  }

  /** Records a report about a text; reports may repeat and arrive in any order. */
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
    NewsState news = NewsState.of(report.news());
    if (report.news() instanceof News.OptedOut out) {
      return optOuts
          .add(
              entry.phoneNumber,
              List.of(entry.sender),
              String.valueOf(out.code()),
              Optional.of(report.sid()))
          .flatMap(done -> heard(entry, report, news));
    }
    return heard(entry, report, news)
        .flatMap(
            changed ->
                changed.isPresent() || news.state() != OutboxState.DELIVERED
                    ? Uni.createFrom().item(changed)
                    : arrivedAfterAll(entry, report));
  }

  /**
   * Moves the state only upwards in rank, and only for the current try; both in one atomic step.
   */
  private Uni<Optional<OutboxEntry>> heard(
      OutboxEntry entry, DeliveryReport report, NewsState news) {
    Bson which = and(thisTry(entry, report), in("state", news.state().below()));
    return transitions
        .end(which, news.state(), news.cause(), Updates.set("sid", report.sid()), news.codeUpdate())
        // Twilio gave two texts the same SID; the report's id names the text.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () -> transitions.end(which, news.state(), news.cause(), news.codeUpdate()));
  }

  /**
   * An earlier try arrived after an operator had requeued the text and before the next try was
   * sent.
   */
  private Uni<Optional<OutboxEntry>> arrivedAfterAll(OutboxEntry entry, DeliveryReport report) {
    return transitions.end(
        and(
            eq("_id", entry.id),
            eq("pastSids", report.sid()),
            in("state", OutboxState.names(OutboxState.QUEUED, OutboxState.DEAD))),
        OutboxState.DELIVERED,
        "An earlier try was delivered",
        Updates.unset("errorCode"));
  }

  private static Bson thisTry(OutboxEntry entry, DeliveryReport report) {
    return and(
        eq("_id", entry.id),
        or(eq("sid", null), eq("sid", report.sid())),
        ne("pastSids", report.sid()));
  }
}
