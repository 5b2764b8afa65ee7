package chat.switchboard.twilio;

import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.ops.Problem;
import chat.switchboard.ops.Refusal;
import com.twilio.twiml.MessagingResponse;
import com.twilio.twiml.messaging.Message;
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

/** POST /api/twilio/webhook: where Twilio brings a text message. */
@Path(WebhookDoor.PATH)
@Tag(name = "Twilio")
class WebhookDoor {

  static final String PATH = "/api/twilio/webhook";

  private final String nothingToSay = new MessagingResponse.Builder().build().toXml();
  private final SignedRequest signed;
  private final WebhookReader reader;
  private final SenderRate rate;
  private final KeywordDesk keywords;
  private final Pipeline pipeline;

  WebhookDoor(
      SignedRequest signed,
      WebhookReader reader,
      SenderRate rate,
      KeywordDesk keywords,
      Pipeline pipeline) {
    this.signed = signed;
    this.reader = reader;
    this.rate = rate;
    this.keywords = keywords;
    this.pipeline = pipeline;
  }

  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Produces({MediaType.TEXT_XML, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "twilioWebhook",
      summary = "Where Twilio brings a text message; signed by Twilio",
      description = "Not for people or agents: only what Twilio has signed is taken.")
  @APIResponse(responseCode = "200", description = "TwiML: the message is kept")
  @APIResponse(responseCode = "403", description = "The signature is missing or wrong")
  @APIResponse(responseCode = "503", description = "The database cannot be reached")
  public Uni<String> receive(@Context RoutingContext context) {
    SignedForm form = signed.open(context);
    boolean withinRate = rate.allows(WebhookReader.from(form));
    return keywords
        .look(form)
        .flatMap(
            look -> {
              if (look instanceof KeywordDesk.Look.Settled settled) {
                return Uni.createFrom()
                    .item(
                        settled
                            .answer()
                            .filter(text -> withinRate)
                            .map(WebhookDoor::say)
                            .orElse(nothingToSay));
              }
              boolean mayBeAnswered = ((KeywordDesk.Look.Ordinary) look).mayBeAnswered();
              return receive(form, withinRate && mayBeAnswered);
            });
  }

  private Uni<String> receive(SignedForm form, boolean mayBeAnswered) {
    WebhookReader.Reading reading = reader.read(form, mayBeAnswered);
    if (reading instanceof WebhookReader.Reading.NoMessage) {
      return Uni.createFrom().item(nothingToSay);
    }
    if (reading instanceof WebhookReader.Reading.Taken taken) {
      return pipeline.receive(taken.message()).map(receipt -> answer(receipt, mayBeAnswered));
    }
    throw Refusal.of(400, "MessageSid and From are needed");
  }

  private String answer(Receipt receipt, boolean mayBeAnswered) {
    if (receipt instanceof Receipt.Busy) {
      // Twilio calls the fallback URL, or tries again where the number is set up so.
      throw Refusal.later(503, "Too much is under way here; try again", Duration.ofSeconds(1));
    }
    return notice(receipt)
        .filter(text -> mayBeAnswered && !text.isBlank())
        .map(WebhookDoor::say)
        .orElse(nothingToSay);
  }

  private static Optional<String> notice(Receipt receipt) {
    if (receipt instanceof Receipt.Stored stored) {
      return stored.notice();
    }
    if (receipt instanceof Receipt.Kept kept) {
      return kept.notice();
    }
    if (receipt instanceof Receipt.Linked linked) {
      return linked.notice();
    }
    return receipt instanceof Receipt.Stranger stranger ? stranger.notice() : Optional.empty();
  }

  private static String say(String text) {
    return new MessagingResponse.Builder()
        .message(new Message.Builder(text).build())
        .build()
        .toXml();
  }
}
