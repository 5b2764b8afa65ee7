package chat.switchboard.twilio;

import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.http.PublicUrl;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.outbound.SessionWindows;
import chat.switchboard.phones.PhoneText;
import chat.switchboard.phones.PhoneTextResult;
import chat.switchboard.phones.PhoneTexts;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.text.TwimlText;
import com.twilio.twiml.MessagingResponse;
import com.twilio.twiml.messaging.Message;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** POST /api/twilio/webhook: Twilio's webhook for an incoming text message. */
@Path(WebhookDoor.PATH)
@Tag(name = "Twilio")
class WebhookDoor {

  static final String PATH = PublicUrl.WEBHOOK;

  private final String nothingToSay = new MessagingResponse.Builder().build().toXml();
  private final SignedRequest signed;
  private final SenderRate rate;
  private final OptOutKeywordFilter keywords;
  private final PhoneIdentities identities;
  private final Duration patience;
  private final Pipeline pipeline;
  private final Notices notices;
  private final PhoneTexts phones;
  private final SessionWindows windows;
  private final QuotedOriginal quotes;
  private final NumberedChoice choices;

  WebhookDoor(
      SignedRequest signed,
      SenderRate rate,
      OptOutKeywordFilter keywords,
      PhoneIdentities identities,
      DatabaseConfig config,
      Pipeline pipeline,
      Notices notices,
      PhoneTexts phones,
      SessionWindows windows,
      QuotedOriginal quotes,
      NumberedChoice choices) {
    this.signed = signed;
    this.rate = rate;
    this.keywords = keywords;
    this.identities = identities;
    this.patience = config.timeout();
    this.pipeline = pipeline;
    this.notices = notices;
    this.phones = phones;
    this.windows = windows;
    this.quotes = quotes;
    this.choices = choices;
  }

  @POST
  @Consumes({MediaType.APPLICATION_FORM_URLENCODED, MediaType.APPLICATION_JSON})
  @Produces({MediaType.TEXT_XML, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "twilioWebhook",
      summary = "Receive a text message from Twilio; signed by Twilio",
      description = "Not for people or agents: only requests with Twilio's signature are accepted.")
  @APIResponse(responseCode = "200", description = "TwiML: the message is stored")
  @APIResponse(responseCode = "403", description = "The signature is missing or wrong")
  @APIResponse(responseCode = "503", description = "The database cannot be reached")
  public Uni<String> receive(@Context RoutingContext context) {
    SignedRequest.Opened opened = signed.open(context, true);
    // Several events in one request are processed one after the other, in their order.
    return Multi.createFrom()
        .iterable(opened.forms())
        .onItem()
        .transformToUniAndConcatenate(this::receive)
        .collect()
        .last()
        .map(last -> opened.answerable() && last != null ? last : nothingToSay)
        .onFailure(ProblemException.class)
        .invoke(busy -> RefusalLog.because(context, RefusalReason.BUSY));
  }

  private Uni<String> receive(SignedForm form) {
    return IncomingSms.of(form)
        .map(this::receive)
        .orElseGet(() -> Uni.createFrom().item(nothingToSay));
  }

  /**
   * Notes what a new message tells about its sender: the user ID beside a number, and that
   * WhatsApp's window is open. A repeated message tells nothing: an attacker who recorded the
   * webhook may have cut a user ID from the body (see {@link MovedBorders}), and an old message
   * opens no window.
   */
  private Uni<Void> learn(IncomingSms text) {
    if (text.externalUserId().isEmpty() && !SessionWindows.has(text.from())) {
      return Uni.createFrom().voidItem();
    }
    return pipeline
        .isKnown(new TwilioMessage(text.accountSid(), text.key()))
        .flatMap(
            known ->
                known
                    ? Uni.createFrom().voidItem()
                    : identities
                        .tie(text.from(), text.externalUserId())
                        .chain(
                            () -> windows.wrote(text.from(), text.ours(), !text.wantsNoTexts())));
  }

  private Uni<String> receive(IncomingSms text) {
    boolean withinRate = rate.allows(text.from());
    return DatabaseRetry.within(patience, learn(text))
        .flatMap(learned -> keywords.look(text))
        .flatMap(
            look -> {
              if (look instanceof OptOutKeywordFilter.Look.Settled settled) {
                return settled(text, settled.answer().filter(answer -> withinRate));
              }
              boolean mayBeAnswered =
                  withinRate
                      && !text.content().isEvent()
                      && ((OptOutKeywordFilter.Look.Ordinary) look).mayBeAnswered();
              return DatabaseRetry.within(patience, phones.take(phoneText(text, mayBeAnswered)))
                  .flatMap(result -> follow(text, result, mayBeAnswered));
            });
  }

  /** Where Twilio leaves HELP to us, a person with an own phone learns its commands. */
  private Uni<String> settled(IncomingSms text, Optional<String> answer) {
    boolean isHelp = text.keyword().filter(Keyword.HELP::equals).isPresent();
    return answer.isPresent() && isHelp
        ? phones
            .help(phoneText(text, true))
            .flatMap(own -> say(text, own.or(() -> answer), Optional.empty()))
        : say(text, answer, Optional.empty());
  }

  private static PhoneText phoneText(IncomingSms text, boolean mayBeAnswered) {
    return new PhoneText(
        text.person(),
        text.to(),
        text.accountSid(),
        text.key(),
        text.conversationSid().isPresent(),
        text.content().text(),
        mayBeAnswered);
  }

  private Uni<String> follow(IncomingSms text, PhoneTextResult result, boolean mayBeAnswered) {
    return result instanceof PhoneTextResult.Handled handled
        ? say(
            text,
            handled.answer().filter(words -> mayBeAnswered && !words.isBlank()),
            Optional.empty())
        : quotes
            .with(text)
            .flatMap(choices::with)
            .flatMap(
                chosen ->
                    chosen.keyword().filter(Keyword.STOP::equals).isPresent()
                        ? keywords.look(chosen).replaceWith(nothingToSay)
                        : receive(text, chosen, result, mayBeAnswered));
  }

  private Uni<String> receive(
      IncomingSms text, IncomingSms chosen, PhoneTextResult result, boolean mayBeAnswered) {
    return pipeline
        .receive(WebhookReader.read(chosen, mayBeAnswered && !chosen.asksToStop()))
        .flatMap(
            receipt ->
                answer(text, receipt, ((PhoneTextResult.Ordinary) result).notice(), mayBeAnswered));
  }

  /**
   * @param own the notice about an own phone, which replaces the notice of the conversation
   */
  private Uni<String> answer(
      IncomingSms text, Receipt receipt, Optional<String> own, boolean mayBeAnswered) {
    if (receipt instanceof Receipt.Refused refused && refused.reason() == Receipt.Reason.BUSY) {
      // Twilio calls the fallback URL, or retries if the number is configured so.
      throw ProblemException.later(
          503, "Too many messages are in progress; try again later", Duration.ofSeconds(1));
    }
    return say(
        text,
        own.or(receipt::notice).filter(words -> mayBeAnswered && !words.isBlank()),
        receipt instanceof Receipt.Stored stored
            ? stored.mapping().map(MappingUsed::conversationId)
            : Optional.empty());
  }

  /** Responds with the notice, if there is one and the spend guard allows the cost. */
  private Uni<String> say(
      IncomingSms text, Optional<String> notice, Optional<String> conversationId) {
    return notice
        .map(words -> notices.allow(text, words, conversationId))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(allowed -> allowed.map(WebhookDoor::say).orElse(nothingToSay));
  }

  private static String say(String text) {
    return new MessagingResponse.Builder()
        .message(new Message.Builder(TwimlText.of(text)).build())
        .build()
        .toXml();
  }
}
