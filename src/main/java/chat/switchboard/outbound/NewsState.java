package chat.switchboard.outbound;

import chat.switchboard.outbound.DeliveryReport.News;

/**
 * The state that a text has by the carrier's report.
 *
 * @param code the carrier's error code; null if there is none
 * @param cause the reason in one sentence; null if the state is self-explanatory
 */
record NewsState(OutboxState state, Integer code, String cause) {

  static NewsState of(News news) {
    if (news instanceof News.OnItsWay way) {
      return new NewsState(OutboxState.SENT, way.code(), way.cause());
    }
    if (news instanceof News.Failed failed) {
      return new NewsState(
          failed.onTheWay() ? OutboxState.UNDELIVERED : OutboxState.FAILED,
          failed.code(),
          failed.cause());
    }
    if (news instanceof News.OptedOut out) {
      return new NewsState(OutboxState.BLOCKED, out.code(), out.cause());
    }
    boolean isRead = news instanceof News.Delivered delivered && delivered.isRead();
    return new NewsState(isRead ? OutboxState.READ : OutboxState.DELIVERED, null, null);
  }

  OutboxChange codeUpdate() {
    return OutboxChange.errorCode(code);
  }
}
