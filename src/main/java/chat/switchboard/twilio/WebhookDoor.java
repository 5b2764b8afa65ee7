package chat.switchboard.twilio;

import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.ops.Body;
import chat.switchboard.ops.Problem;
import chat.switchboard.ops.Refusal;
import com.twilio.twiml.MessagingResponse;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.logging.Logger;

/** POST /api/twilio/webhook: where Twilio brings a text message. */
@Path("/api/twilio/webhook")
class WebhookDoor {

  private static final Logger LOG = Logger.getLogger(WebhookDoor.class);

  private final String nothingToSay = new MessagingResponse.Builder().build().toXml();
  private final SignatureCheck signature;
  private final WebhookReader reader;
  private final Pipeline pipeline;

  WebhookDoor(SignatureCheck signature, WebhookReader reader, Pipeline pipeline) {
    this.signature = signature;
    this.reader = reader;
    this.pipeline = pipeline;
  }

  @POST
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Produces({MediaType.TEXT_XML, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "twilioWebhook",
      summary = "Where Twilio brings a text message; signed by Twilio")
  @APIResponse(responseCode = "200", description = "TwiML: the message is kept")
  @APIResponse(responseCode = "403", description = "The signature is missing or wrong")
  @APIResponse(responseCode = "503", description = "The database cannot be reached")
  public Uni<String> receive(@Context RoutingContext context) {
    HttpServerRequest request = context.request();
    SignedForm form =
        signature
            .open(
                request.absoluteURI(),
                request.uri(),
                request.getHeader("X-Twilio-Signature"),
                Body.of(context))
            .orElseThrow(
                () -> Refusal.of(403, "The X-Twilio-Signature is missing or does not match"));
    InboundMessage message =
        reader.read(form).orElseThrow(() -> Refusal.of(400, "MessageSid and From are needed"));
    return pipeline.receive(message).map(this::answer);
  }

  private String answer(Receipt receipt) {
    if (receipt instanceof Receipt.NoOwner || receipt instanceof Receipt.NoConversation) {
      LOG.error(
          "A text message from an unknown sender was refused: SWITCHBOARD_OWNER names no LibreChat"
              + " user to open a conversation for. Twilio shows it as error 11200.");
      throw Refusal.later(
          503, "There is nobody to open a conversation for", Duration.ofSeconds(60));
    }
    return nothingToSay;
  }
}
