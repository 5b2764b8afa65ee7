package chat.switchboard.api;

import chat.switchboard.librechat.ExternalMessages;
import chat.switchboard.ops.Problem;
import chat.switchboard.ops.Refusal;
import chat.switchboard.ops.SwitchboardConfig;
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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;

/** What happens now, as an operator sees it. */
@Path("/api")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
class ActivityDoor {

  private static final Duration LOOK_BACK = Duration.ofHours(24);

  private final ExternalMessages messages;
  private final SwitchboardConfig config;
  private final MeterRegistry meters;
  private final Clock clock;
  private final String replica;

  ActivityDoor(
      ExternalMessages messages,
      SwitchboardConfig config,
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
  @Path("/feed")
  @Operation(
      operationId = "listFeed",
      summary = "List the messages that came from outside in the last 24 hours, without their text",
      description =
          "For operators: who wrote, from where and into which conversation, the newest first.")
  @APIResponse(responseCode = "400", description = "since is no date, or limit no number")
  public Uni<FeedView> feed(
      @Parameter(description = "Only those from this moment on, such as 2026-01-31T12:00:00Z")
          @QueryParam("since")
          String since,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Instant earliest = clock.instant().minus(LOOK_BACK);
    Instant wanted = since == null ? earliest : instant(since);
    return messages
        .since(wanted.isBefore(earliest) ? earliest : wanted, Page.of("0", limit).limit())
        .ifNoItem()
        .after(config.database().timeout())
        .fail()
        .map(found -> new FeedView(found.stream().map(FeedItemView::of).toList()));
  }

  @GET
  @Path("/streams")
  @Operation(
      operationId = "countStreams",
      summary = "Tell how many browsers listen at the replica that answers",
      description = "For operators: how many streams are open, and what they have been told.")
  public Uni<StreamsView> streams() {
    return Uni.createFrom()
        .item(
            () ->
                new StreamsView(
                    figure("switchboard.streams.active"),
                    config.stream().maxTotal(),
                    figure("switchboard.messages.in.flight"),
                    replica,
                    ConfigUtils.isProfileActive("dev")));
  }

  private int figure(String meter) {
    Gauge gauge = meters.find(meter).gauge();
    return gauge == null ? 0 : (int) gauge.value();
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException malformed) {
      throw Refusal.of(400, "since must be a date and time, such as 2026-01-31T12:00:00Z");
    }
  }
}
