package chat.switchboard.twilio;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.inbound.Inbox;
import chat.switchboard.outbound.RecentTexts;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.stream.Stream;

/** The texts of people, by the inbox, which remembers the arrival of each text. */
@ApplicationScoped
class ReceivedTexts implements RecentTexts {

  private final Inbox inbox;

  ReceivedTexts(Inbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public Uni<Boolean> hasWritten(String person, Instant since) {
    return inbox.hasMessage(names(PhoneAddress.of(person)), Date.from(since));
  }

  /** A person with a number is the same person on SMS, RCS and WhatsApp. */
  private static Collection<String> names(PhoneAddress person) {
    Stream<String> onWhatsApp =
        person.isNumber()
            ? new PhoneAddress(Channel.WHATSAPP, person.value()).spellings().stream()
            : Stream.empty();
    Stream<String> bySms =
        person.isNumber()
            ? new PhoneAddress(Channel.SMS, person.value()).consentNames().stream()
            : person.spellings().stream();
    return Stream.concat(bySms, onWhatsApp).distinct().toList();
  }
}
