package chat.switchboard.api;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.ServiceNumber;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.outbound.OptOuts;
import chat.switchboard.outbound.Outbox;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.outbound.OutsideWindow;
import chat.switchboard.outbound.SmsOrder;
import chat.switchboard.outbound.SpendGuard;
import chat.switchboard.outbound.TemplateCheck;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import chat.switchboard.routing.NoticesConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Accepts a text for sending: stores the mapping and its code first, so that an answer finds its
 * conversation, and then the text. A retry after a crash in between gives the mapping the same
 * code.
 */
@ApplicationScoped
public class SendText {

  private static final int MAPPINGS_LOOKED_AT = 50;

  private final Outbox outbox;
  private final OptOuts optOuts;
  private final SpendGuard spend;
  private final SendFiles files;
  private final Mappings mappings;
  private final NoticesConfig config;
  private final MessageConfig messageConfig;
  private final SendTimes times;
  private final TemplateCheck templates;
  private final SentTemplates shown;

  SendText(
      Outbox outbox,
      OptOuts optOuts,
      SpendGuard spend,
      SendFiles files,
      Mappings mappings,
      NoticesConfig config,
      MessageConfig messageConfig,
      SendTimes times,
      TemplateCheck templates,
      SentTemplates shown) {
    this.templates = templates;
    this.shown = shown;
    this.outbox = outbox;
    this.optOuts = optOuts;
    this.spend = spend;
    this.files = files;
    this.mappings = mappings;
    this.config = config;
    this.messageConfig = messageConfig;
    this.times = times;
  }

  /** Refuses words that are longer than {@code switchboard.message.max-length} with 400. */
  public void requireLength(String text) {
    int longest = messageConfig.maxLength();
    if (text.length() > longest) {
      throw ProblemException.of(400, "text must not be longer than " + longest + " characters");
    }
  }

  /** Queues the text, or refuses the text. */
  public Uni<Outbox.Receipt.Kept> take(SmsOrderRequest request) {
    String fingerprint = request.fingerprint();
    return outbox
        .find(request.id(), fingerprint)
        .flatMap(
            before ->
                before
                    .map(
                        receipt ->
                            Uni.createFrom()
                                .item(kept(receipt))
                                // A crash may have kept the words out of the conversation.
                                .call(kept -> show(request, kept)))
                    .orElseGet(() -> first(request, fingerprint)));
  }

  private Uni<Outbox.Receipt.Kept> first(SmsOrderRequest wanted, String fingerprint) {
    SmsOrderRequest request = wanted.at(times.checked(wanted));
    if (request.window().outside().filter(OutsideWindow.TEMPLATE::equals).isPresent()
        && !outbox.hasReopenTemplate()) {
      throw ProblemException.of(
          409,
          "outsideWindow template needs switchboard.whatsapp.reopen-template, which is not set");
    }
    return mappings
        .list(
            Optional.of(request.to()),
            Optional.of(request.conversationId().toString()),
            0,
            MAPPINGS_LOOKED_AT)
        .flatMap(
            known -> {
              Optional<String> from = request.from().or(() -> numberThatTheyKnow(known));
              outbox
                  .unavailable(from)
                  .ifPresent(
                      missing -> {
                        throw ProblemException.of(503, missing);
                      });
              String sender = outbox.sender(from, request.to()).orElseThrow();
              return optOuts
                  .has(request.to(), sender)
                  .flatMap(
                      optedOut -> {
                        if (optedOut) {
                          throw ProblemException.of(
                              409,
                              "blocked: this person has opted out of texts from this number "
                                  + "(STOP); only the person can opt in again, with START");
                        }
                        // Checked before a mapping is created for an address that gets no texts.
                        return denied(request.to(), sender)
                            .flatMap(
                                denied -> {
                                  if (denied.isPresent()) {
                                    throw refusal(denied.get());
                                  }
                                  return filled(request, sender)
                                      .flatMap(
                                          filled ->
                                              files
                                                  .check(filled)
                                                  .flatMap(
                                                      checked ->
                                                          store(
                                                              filled,
                                                              fingerprint,
                                                              sender,
                                                              serviceNumber(known, sender),
                                                              checked)));
                                });
                      });
            });
  }

  /** Returns the request with the words of its template. */
  private Uni<SmsOrderRequest> filled(SmsOrderRequest request, String sender) {
    return request
        .window()
        .template()
        .map(
            template ->
                templates
                    .words(template, request.to(), sender)
                    .map(words -> words.map(request::saying).orElse(request)))
        .orElseGet(() -> Uni.createFrom().item(request));
  }

  /** An address that receives no texts costs nothing: the outbox shows why the text failed. */
  private Uni<Optional<SpendGuard.Verdict.Denied>> denied(String to, String sender) {
    return PhoneAddress.of(to).isReachable()
        ? spend.denyAddress(to, Optional.of(sender))
        : Uni.createFrom().item(Optional.empty());
  }

  private static Optional<String> numberThatTheyKnow(List<Mapping> known) {
    return known.stream()
        .map(mapping -> mapping.serviceNumber)
        .filter(number -> number != null && !number.isEmpty())
        .findFirst();
  }

  /**
   * Returns the service number of the mapping: a mapping for all numbers is enough, and an answer
   * to a messaging service arrives through any of its numbers.
   */
  private static Optional<String> serviceNumber(List<Mapping> known, String sender) {
    boolean holdsForAll =
        known.stream().anyMatch(mapping -> ServiceNumber.ANY.equals(mapping.serviceNumber))
            && known.stream().noneMatch(mapping -> sender.equals(mapping.serviceNumber));
    return holdsForAll || ServiceNumber.isMessagingService(sender)
        ? Optional.empty()
        : Optional.of(sender);
  }

  private Uni<Outbox.Receipt.Kept> store(
      SmsOrderRequest request,
      String fingerprint,
      String sender,
      Optional<String> serviceNumber,
      List<OutgoingFile> checked) {
    return mappings
        .make(
            new Mappings.Wanted(
                request.to(),
                serviceNumber,
                request.conversationId(),
                Optional.empty(),
                Optional.empty()),
            request.id())
        .map(
            made -> made.orElseThrow(() -> ProblemException.of(404, "No conversation has this id")))
        .flatMap(
            made -> {
              String code = made.code().code();
              return outbox.queue(
                  new SmsOrder(
                      new OutgoingText(
                          request.id(),
                          Optional.of(sender),
                          request.to(),
                          request.text(),
                          made.mapping().conversationId,
                          request.format(),
                          checked),
                      fingerprint,
                      made.mapping().id,
                      code,
                      Optional.of(config.code().orElse("{code}"))
                          .filter(wanted -> request.includeCode())
                          .map(words -> words.replace("{code}", code)),
                      request.time(),
                      request.window()));
            })
        .map(SendText::kept)
        .call(kept -> show(request, kept));
  }

  private Uni<Void> show(SmsOrderRequest request, Outbox.Receipt.Kept kept) {
    return request
        .window()
        .template()
        .map(
            template ->
                shown.show(
                    request, template, outbox.body(kept.entries().get(0)).orElseGet(request::text)))
        .orElseGet(() -> Uni.createFrom().voidItem());
  }

  private static Outbox.Receipt.Kept kept(Outbox.Receipt receipt) {
    if (receipt instanceof Outbox.Receipt.Kept kept && !kept.entries().isEmpty()) {
      return kept;
    }
    if (receipt instanceof Outbox.Receipt.Conflict) {
      throw ProblemException.of(409, "This Idempotency-Key was used before for another text");
    }
    if (receipt instanceof Outbox.Receipt.Full full) {
      throw ProblemException.later(
          429,
          full.limit()
              + " messages wait for their time already, which is the limit"
              + " (switchboard.outbox.max-held)",
          Duration.ofHours(1));
    }
    if (receipt instanceof Outbox.Receipt.Denied denied) {
      throw refusal(denied.why());
    }
    if (receipt instanceof Outbox.Receipt.OutsideWindow closed) {
      throw ProblemException.of(409, closed.cause());
    }
    throw ProblemException.of(410, "This text was requested before and has since been removed");
  }

  private static ProblemException refusal(SpendGuard.Verdict.Denied denied) {
    return ProblemException.later(429, denied.cause(), denied.retryAfter());
  }
}
