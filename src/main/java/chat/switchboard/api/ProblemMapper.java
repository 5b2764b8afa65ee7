package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.http.UnexpectedFailures;
import chat.switchboard.ops.Cause;
import com.mongodb.MongoException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.TimeoutException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every failure behind a door into application/problem+json. */
class ProblemMapper {

  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

  /** Long enough for the election of a new primary, short enough for a waiting user. */
  private static final String RETRY_SECONDS = "5";

  private final UnexpectedFailures unexpected;
  private final CurrentVertxRequest current;

  ProblemMapper(UnexpectedFailures unexpected, CurrentVertxRequest current) {
    this.unexpected = unexpected;
    this.current = current;
  }

  @ServerExceptionMapper
  RestResponse<Problem> refused(ProblemException refusal) {
    ResponseBuilder<Problem> response = response(refusal.problem());
    refusal
        .retryAfter()
        .ifPresent(after -> response.header(HttpHeaders.RETRY_AFTER, after.toSeconds()));
    return response.build();
  }

  @ServerExceptionMapper
  RestResponse<Problem> unavailable(MongoException failure) {
    return databaseAway(failure);
  }

  @ServerExceptionMapper
  RestResponse<Problem> tooSlow(TimeoutException failure) {
    return databaseAway(failure);
  }

  @ServerExceptionMapper
  RestResponse<Problem> http(WebApplicationException failure) {
    int status = failure.getResponse().getStatus();
    ResponseBuilder<Problem> response = response(Problem.of(status, sentence(status)));
    String allow = failure.getResponse().getHeaderString(HttpHeaders.ALLOW);
    if (allow != null) {
      response.header(HttpHeaders.ALLOW, allow);
    }
    return response.build();
  }

  @ServerExceptionMapper
  RestResponse<Problem> unexpected(Throwable failure) {
    String id = unexpected.log(current.getCurrent(), failure);
    return response(UnexpectedFailures.problem(id)).build();
  }

  private static RestResponse<Problem> databaseAway(Exception failure) {
    // The message of a timeout of the driver lists the servers and why each could not be reached.
    LOG.warnf("The database did not respond: %s", Cause.of(failure));
    return response(Problem.of(503, "The database cannot be reached right now; try again later"))
        .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
        .build();
  }

  private static ResponseBuilder<Problem> response(Problem problem) {
    return ResponseBuilder.<Problem>create(problem.status())
        .type(MediaType.valueOf(Problem.MEDIA_TYPE))
        .entity(problem);
  }

  private static String sentence(int status) {
    return switch (status) {
      case 404 -> "There is nothing at this address";
      case 405 -> "This address does not support that HTTP method";
      case 406 -> "No response is available in the requested media type (see Accept)";
      case 413 -> "The body is larger than 256 KiB";
      case 415 -> "The body has a media type that this address does not accept";
      default -> HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }
}
