package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/**
 * Refuses a filter of a list without a value, such as {@code ?state=}. RESTEasy Reactive treats an
 * empty value as a missing value, so the response would be the whole list.
 */
@Provider
@ApiKeyRequired
@Priority(Priorities.USER)
class EmptyParameters implements ContainerRequestFilter {

  private static final List<String> NAMES =
      List.of("limit", "offset", "state", "since", "conversationId", "phoneNumber", "user");

  @Override
  public void filter(ContainerRequestContext request) {
    MultivaluedMap<String, String> query = request.getUriInfo().getQueryParameters();
    for (String name : NAMES) {
      if (query.containsKey(name) && query.get(name).contains("")) {
        throw ProblemException.of(400, name + " must not be empty");
      }
    }
  }
}
