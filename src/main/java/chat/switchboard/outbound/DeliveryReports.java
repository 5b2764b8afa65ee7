package chat.switchboard.outbound;

import chat.switchboard.mongo.CurrentPrimary;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.outbound.DeliveryReport.News;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Records the carrier's reports about sent texts. */
@ApplicationScoped
public class DeliveryReports {

  private final OutboxEntries entries;
  private final Transitions transitions;
  private final OptOuts optOuts;
  private final RefusedByWindow refusals;
  private final CurrentPrimary primary;

  DeliveryReports(
      OutboxEntries entries,
      Transitions transitions,
      OptOuts optOuts,
      RefusedByWindow refusals,
      CurrentPrimary primary) {
    this.primary = primary;
    this.refusals = refusals;
    this.entries = entries;
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
    return find(report)
        .flatMap(
            entry ->
                entry == null
                    ? Uni.createFrom().item(Heard.UNKNOWN)
                    : apply(entry, report)
                        .map(changed -> changed.isPresent() ? Heard.CHANGED : Heard.NOTHING_NEW));
  }

  /** An old primary does not know a text that was stored after the election. */
  private Uni<OutboxEntry> find(DeliveryReport report) {
    return entries
        .reported(report)
        .onItem()
        .ifNull()
        .switchTo(() -> primary.confirm().chain(() -> entries.reported(report)));
  }

  /** A repeated report of an earlier try tells nothing about the window of today. */
  private static boolean isOfThisTry(OutboxEntry entry, String sid) {
    return (entry.pastSids == null || !entry.pastSids.contains(sid))
        && (entry.sid == null || entry.sid.equals(sid));
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
    if (RefusedByWindow.concerns(entry, news.code()) && isOfThisTry(entry, report.sid())) {
      return refusals
          .keep(
              entry,
              OutboxCondition.reportedBelow(entry, report.sid(), news.state()),
              Optional.of(report.sid()),
              entry.openWords())
          .flatMap(
              result ->
                  result.kept()
                      ? Uni.createFrom().item(result.changed())
                      : heard(entry, report, news));
    }
    return heard(entry, report, news)
        .flatMap(
            changed ->
                changed.isPresent() || !news.state().hasArrived()
                    ? Uni.createFrom().item(changed)
                    : arrivedAfterAll(entry, report, news.state()));
  }

  /**
   * Moves the state only upwards in rank, and only for the current try; both in one atomic step.
   */
  private Uni<Optional<OutboxEntry>> heard(
      OutboxEntry entry, DeliveryReport report, NewsState news) {
    return news.state() == OutboxState.READ
        ? transitions
            .read(OutboxCondition.reportedDelivered(entry, report.sid()))
            .flatMap(
                read -> read.isPresent() ? Uni.createFrom().item(read) : ended(entry, report, news))
        : ended(entry, report, news);
  }

  private Uni<Optional<OutboxEntry>> ended(
      OutboxEntry entry, DeliveryReport report, NewsState news) {
    OutboxCondition which = OutboxCondition.reportedBelow(entry, report.sid(), news.state());
    return transitions
        .end(which, news.state(), news.cause(), OutboxChange.sid(report.sid()), news.codeUpdate())
        // Twilio gave two texts the same SID; the report's id names the text.
        .onFailure(DuplicateKey::is)
        .recoverWithUni(
            () -> transitions.end(which, news.state(), news.cause(), news.codeUpdate()));
  }

  /**
   * An earlier try arrived after an operator had requeued the text and before the next try was
   * sent.
   */
  private Uni<Optional<OutboxEntry>> arrivedAfterAll(
      OutboxEntry entry, DeliveryReport report, OutboxState state) {
    return transitions.end(
        OutboxCondition.reportedEarlierTry(entry, report.sid()),
        state,
        "An earlier try was delivered",
        OutboxChange.errorCode(null));
  }
}
