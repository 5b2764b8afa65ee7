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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /**
   * The date format of RFC 3339, with offsets up to 23:59; Java's own parser accepts offsets up to
   * 18:00.
   */
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "(?<local>\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?)"
              + "([Zz]|(?<sign>[+-])(?<hours>[01]\\d|2[0-3]):(?<minutes>[0-5]\\d))");

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
    Matcher form = DATE_TIME.matcher(text);
    try {
      if (form.matches()) {
        int sign = "-".equals(form.group("sign")) ? 1 : -1;
        return LocalDateTime.parse(form.group("local").toUpperCase(Locale.ROOT))
            .plusHours(sign * number(form.group("hours")))
            .plusMinutes(sign * number(form.group("minutes")))
            .toInstant(ZoneOffset.UTC);
      }
    } catch (DateTimeException malformed) {
      // answered below
    }
    throw ProblemException.of(400, "since must be a date and time, such as 2026-01-31T12:00:00Z");
  }

  private static long number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
