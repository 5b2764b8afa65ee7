package chat.switchboard.twilio;

import chat.switchboard.http.Problem;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.outbound.DeliveryReport;
import chat.switchboard.outbound.DeliveryReports;
import com.twilio.twiml.MessagingResponse;
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
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** POST /api/twilio/status: Twilio's status callback for a text. */
@Path(StatusDoor.PATH)
@Tag(name = "Twilio")
class StatusDoor {

  static final String PATH = "/api/twilio/status";

  private static final Logger LOG = Logger.getLogger(StatusDoor.class);

  private final String nothingToSay = new MessagingResponse.Builder().build().toXml();
  private final SignedRequest signed;
  private final DeliveryReports deliveries;
  private final Duration patience;

  StatusDoor(SignedRequest signed, DeliveryReports deliveries, DatabaseConfig config) {
    this.signed = signed;
    this.deliveries = deliveries;
    this.patience = config.timeout();
  }

  @POST
  @Consumes({MediaType.APPLICATION_FORM_URLENCODED, MediaType.APPLICATION_JSON})
  @Produces({MediaType.TEXT_XML, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "twilioStatus",
      summary = "Receive the delivery status of a text from Twilio; signed by Twilio",
      description = "Not for people or agents: only requests with Twilio's signature are accepted.")
  @Parameter(
      name = "id",
      in = ParameterIn.QUERY,
      schema = @Schema(type = SchemaType.STRING),
      description = "The id of the text in Switchboard")
  @APIResponse(responseCode = "200", description = "The status is recorded, or the text is unknown")
  @APIResponse(responseCode = "403", description = "The signature is missing or wrong")
  @APIResponse(responseCode = "503", description = "The database cannot be reached")
  public Uni<String> hear(@Context RoutingContext context) {
    SignedRequest.Opened opened = signed.open(context, false);
    Optional<String> id =
        Optional.ofNullable(context.request().getParam("id")).filter(given -> !given.isBlank());
    return Multi.createFrom()
        .iterable(opened.forms())
        .onItem()
        .transformToUniAndConcatenate(form -> hear(form, id))
        .collect()
        .last()
        .replaceWith(nothingToSay);
  }

  private Uni<String> hear(SignedForm form, Optional<String> id) {
    Optional<DeliveryReport> report = StatusReader.read(form, id);
    if (report.isEmpty()) {
      LOG.infof("A status callback has no known status and was ignored.");
      return Uni.createFrom().item(nothingToSay);
    }
    return DatabaseRetry.within(patience, deliveries.report(report.get()))
        .invoke(
            heard -> {
              if (heard == DeliveryReports.Heard.UNKNOWN) {
                LOG.infof("A status callback names %s, which is not in the outbox.", sid(form));
              }
            })
        .replaceWith(nothingToSay);
  }

  /** Returns the SID of the message, if the value has the form of a SID. */
  private static String sid(SignedForm form) {
    return form.messageSid().filter(sid -> sid.matches("[A-Za-z0-9]{1,64}")).orElse("?");
  }
}
