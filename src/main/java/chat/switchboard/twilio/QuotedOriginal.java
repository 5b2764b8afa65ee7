package chat.switchboard.twilio;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.ReceivedWords;
import chat.switchboard.outbound.SentWords;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import chat.switchboard.text.ShownText;
import chat.switchboard.text.WhatsAppMarkdown;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Finds the message that a person answers: a text of ours, or an earlier text of the person. Only
 * words that this person sent or got are quoted, and only if all conversations of the person have
 * one owner: another owner must not read the words.
 */
@ApplicationScoped
class QuotedOriginal {

  private static final Logger LOG = Logger.getLogger(QuotedOriginal.class);

  /** The longest quote, in grapheme clusters. */
  private static final int LONGEST = 120;

  private static final int MOST_MAPPINGS = 20;

  private final Mappings mappings;
  private final SentWords sent;
  private final ReceivedWords received;

  QuotedOriginal(Mappings mappings, SentWords sent, ReceivedWords received) {
    this.mappings = mappings;
    this.sent = sent;
    this.received = received;
  }

  /**
   * Returns the text with the quote; without a quote if the text answers no known message. Never
   * fails.
   */
  Uni<IncomingSms> with(IncomingSms text) {
    Optional<String> sid = text.content().repliedTo();
    return sid.isEmpty()
        ? Uni.createFrom().item(text)
        : Enrichment.of(
            text,
            quote(text, sid.get()),
            IncomingSms::quoting,
            LOG,
            "An answered message was not found");
  }

  private Uni<Optional<String>> quote(IncomingSms text, String sid) {
    return mappings
        .list(Optional.of(text.from()), Optional.empty(), 0, MOST_MAPPINGS)
        .flatMap(
            found -> {
              List<String> owners = found.stream().map(one -> one.user).distinct().toList();
              return owners.size() != 1
                  ? Uni.createFrom().item(Optional.empty())
                  : sent.of(sid)
                      .flatMap(
                          known ->
                              known.isPresent()
                                  ? Uni.createFrom().item(ofOurs(text, known.get(), found))
                                  : received
                                      .of(message(text, sid), owners.get(0))
                                      .map(own -> own.flatMap(one -> ofTheirs(text, one))));
            });
  }

  private static TwilioMessage message(IncomingSms text, String sid) {
    return new TwilioMessage(text.accountSid(), IncomingSms.key(sid));
  }

  private static Optional<String> ofOurs(
      IncomingSms text, SentWords.Sent sent, List<Mapping> mappings) {
    boolean isOfThem =
        isSame(text, sent.phoneNumber())
            && mappings.stream()
                .map(one -> one.conversationId)
                .collect(Collectors.toSet())
                .contains(sent.conversationId());
    return isOfThem ? line(sent.words()).map(WhatsAppMarkdown::of) : Optional.empty();
  }

  private static Optional<String> ofTheirs(IncomingSms text, ReceivedWords.Received received) {
    return isSame(text, received.phoneNumber()) ? line(received.words()) : Optional.empty();
  }

  private static boolean isSame(IncomingSms text, String phoneNumber) {
    return PhoneAddress.of(phoneNumber).account().equals(text.person().account());
  }

  /** Returns the first line that is no quote itself. */
  static Optional<String> line(String words) {
    return words
        .lines()
        .filter(line -> !line.startsWith(">"))
        .map(line -> ShownText.line(line, LONGEST))
        .filter(line -> !line.isEmpty())
        .findFirst();
  }
}
