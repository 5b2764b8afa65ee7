package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.ExternalMessages;
import chat.switchboard.stream.StreamConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The current activity, for an operator. */
@Path("/api")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Operations")
class ActivityDoor {

  private static final Duration LOOK_BACK = Duration.ofHours(24);

  private final ExternalMessages messages;
  private final StreamConfig config;
  private final MeterRegistry meters;
  private final Clock clock;
  private final String replica;

  ActivityDoor(
      ExternalMessages messages,
      StreamConfig config,
      MeterRegistry meters,
      Clock clock,
      @ConfigProperty(name = "HOSTNAME", defaultValue = "localhost") String replica) {
    this.messages = messages;
    this.config = config;
    this.meters = meters;
    this.clock = clock;
    this.replica = replica;
  }

  @GET
  @RetriedRead
  @Path("/feed")
  @Operation(
      operationId = "listFeed",
      summary = "List the messages from outside of the last 24 hours, without their text",
      description =
          "For operators: sender, source and conversation of each message, the newest first.")
  @APIResponse(responseCode = "200", description = "The messages")
  public Uni<FeedView> feed(
      @Parameter(
              description = "Only messages since this time, such as 2026-01-31T12:00:00Z",
              schema = @Schema(type = SchemaType.STRING, format = "date-time"))
          @QueryParam("since")
          String since,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Instant earliest = clock.instant().minus(LOOK_BACK);
    Instant wanted = since == null ? earliest : instant(since);
    return messages
        .since(wanted.isBefore(earliest) ? earliest : wanted, Page.of("0", limit).limit())
        .map(found -> new FeedView(found.stream().map(FeedItemView::of).toList()));
  }

  @GET
  @Path("/streams")
  @Operation(
      operationId = "countStreams",
      summary = "Return the number of open streams at this replica",
      description = "For operators: the open streams and their limit.")
  @APIResponse(responseCode = "200", description = "The number of streams")
  public Uni<StreamsView> streams() {
    return Uni.createFrom()
        .item(
            () ->
                new StreamsView(
                    figure("switchboard.streams.active"),
                    config.maxTotal(),
                    figure("switchboard.messages.in.flight"),
                    replica,
                    ConfigUtils.isProfileActive("dev")));
  }

  private int figure(String meter) {
    Gauge gauge = meters.find(meter).gauge();
    return gauge == null ? 0 : (int) gauge.value();
  }

  private static Instant instant(String text) {
    return RequestFields.moment(text)
        .orElseThrow(
            () ->
                ProblemException.of(
                    400, "since must be a date and time, such as 2026-01-31T12:00:00Z"));
  }
}
