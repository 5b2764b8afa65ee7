package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends texts by a carrier, such as Twilio. */
public interface Carrier {

  /**
   * One text message.
   *
   * @param id Switchboard's id, which the reports about the text contain
   * @param from the service number or messaging service
   * @param to the person's address
   * @param text the text that the phone shows; empty for files alone
   * @param mediaUrls the addresses of the files, from which the carrier fetches them
   * @param template the template by which the message goes, without words and files
   * @param buttons the choices below the text
   */
  record Sms(
      String id,
      String from,
      String to,
      String text,
      List<String> mediaUrls,
      Optional<TemplateMessage> template,
      Optional<Buttons> buttons) {}

  /**
   * Choices that the channel shows as buttons or as a list, if it can; otherwise the text goes.
   *
   * @param body the words above the choices
   * @param asList whether a list shows the choices, because there are too many for buttons
   */
  record Buttons(String body, List<String> titles, boolean asList) {}

  /**
   * Returns why no text can be sent, with the name of the missing setting; empty if sending is
   * configured.
   */
  Optional<String> unavailable();

  /** Sends the text to the carrier once; never retries and never fails. */
  Uni<Outcome> send(Sms sms);

  /** The result of the request. */
  sealed interface Outcome {

    /**
     * The carrier accepted the text.
     *
     * @param sid the carrier's name for the message
     * @param news the status in the carrier's response
     */
    record Sent(String sid, DeliveryReport.News news) implements Outcome {}

    /** The carrier refused the text permanently. */
    record Refused(int code, String cause) implements Outcome {}

    /** The carrier refused the text because the person has opted out. */
    record OptedOut(int code, String cause) implements Outcome {}

    /** The carrier refused the text temporarily. */
    record TryLater(Optional<Duration> after, String cause) implements Outcome {}

    /** The request was not sent: there was no connection. */
    record NotSent(String cause) implements Outcome {}

    /** The request was sent, but whether the carrier accepted the text is unknown. */
    record Ambiguous(String cause) implements Outcome {}
  }
}
