package chat.switchboard.twilio;

import chat.switchboard.outbound.DeliveryReport;
import chat.switchboard.outbound.DeliveryReport.News;
import java.util.Locale;
import java.util.Optional;

/** Turns a signed status callback into a {@link DeliveryReport}. */
final class StatusReader {

  private StatusReader() {}

  /**
   * Returns the report; empty if the callback names no message, or a status that is not relevant.
   */
  static Optional<DeliveryReport> read(SignedForm form, Optional<String> id) {
    Optional<String> sid = form.messageSid();
    Optional<String> status =
        form.field("MessageStatus")
            .or(() -> form.field("SmsStatus"))
            .map(word -> word.toLowerCase(Locale.ROOT));
    if (sid.isEmpty() || status.isEmpty()) {
      return Optional.empty();
    }
    return news(status.get(), code(form)).map(news -> new DeliveryReport(id, sid.get(), news));
  }

  /**
   * Returns the report for a status, from a callback or from the response to the request that
   * created the message.
   *
   * @param status in lower case
   * @param code Twilio's error code
   * @return empty for an unknown status
   */
  static Optional<News> news(String status, Optional<Integer> code) {
    String cause = code.map(TwilioErrors::sentence).orElse(null);
    return switch (status) {
      case "accepted", "scheduled", "queued", "sending", "sent" ->
          Optional.of(new News.OnItsWay(status, code.orElse(null), cause));
      case "delivered", "read" -> Optional.of(new News.Delivered(status));
      case "undelivered", "failed", "canceled" -> Optional.of(failed(status, code));
      default -> Optional.empty();
    };
  }

  private static News failed(String status, Optional<Integer> code) {
    boolean onTheWay = status.equals("undelivered");
    if (code.isEmpty()) {
      return new News.Failed(onTheWay, null, "Twilio says: " + status);
    }
    String cause = TwilioErrors.sentence(code.get());
    return code.get() == TwilioErrors.OPTED_OUT
        ? new News.OptedOut(code.get(), cause)
        : new News.Failed(onTheWay, code.get(), cause);
  }

  private static Optional<Integer> code(SignedForm form) {
    return form.field("ErrorCode")
        .filter(value -> value.matches("[1-9][0-9]{0,8}"))
        .map(Integer::valueOf);
  }
}
