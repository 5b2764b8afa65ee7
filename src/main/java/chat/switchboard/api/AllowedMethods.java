package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.http.PublicUrl;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Responds to a method that an address does not support with 405 and {@code Allow}, and to OPTIONS
 * with the methods of the address. RESTEasy Reactive sends 405 without {@code Allow}, and lists for
 * OPTIONS the methods of all addresses of a resource class; the handlers of Quarkus below {@code
 * /q} accept every method. AllowedMethodsTest compares the table with the description of the API.
 */
@ApplicationScoped
class AllowedMethods {

  private static final String GET = "GET";
  private static final String POST = "POST";
  private static final String PUT = "PUT";
  private static final String DELETE = "DELETE";

  /** Addresses and their methods. */
  private static final List<Map.Entry<String, List<String>>> DOORS =
      List.of(
          Map.entry("/api/messages/stream", List.of(GET)),
          Map.entry("/api/messages/external", List.of(POST)),
          Map.entry("/api/messages/:conversationId/external", List.of(POST)),
          Map.entry("/api/sms", List.of(GET, POST)),
          Map.entry("/api/sms/conversations/:conversationId", List.of(POST)),
          Map.entry("/api/sms/:id", List.of(GET, DELETE)),
          Map.entry("/api/sms/:id/requeue", List.of(POST)),
          Map.entry("/api/optouts", List.of(GET)),
          Map.entry("/api/templates", List.of(GET)),
          Map.entry("/api/mappings", List.of(GET, POST)),
          Map.entry("/api/mappings/:id", List.of(GET, DELETE)),
          Map.entry("/api/mappings/:id/code", List.of(POST)),
          Map.entry("/api/people/forget", List.of(POST)),
          Map.entry("/api/people/:phoneNumber", List.of(DELETE)),
          Map.entry("/api/inbox", List.of(GET)),
          Map.entry("/api/inbox/:id", List.of(GET, DELETE)),
          Map.entry("/api/inbox/:id/requeue", List.of(POST)),
          Map.entry("/api/media", List.of(GET)),
          Map.entry("/api/media/:id", List.of(GET)),
          Map.entry("/api/media/:id/requeue", List.of(POST)),
          Map.entry("/api/replies", List.of(GET)),
          Map.entry("/api/replies/:id", List.of(GET, DELETE)),
          Map.entry("/api/replies/:id/requeue", List.of(POST)),
          Map.entry("/api/spend", List.of(GET)),
          Map.entry("/api/spend/pause", List.of(POST)),
          Map.entry("/api/spend/resume", List.of(POST)),
          Map.entry("/api/events", List.of(GET)),
          Map.entry("/api/events/:name/resume", List.of(POST)),
          Map.entry("/api/phones", List.of(GET, POST)),
          Map.entry("/api/phones/:id", List.of(DELETE)),
          Map.entry("/switchboard/phone/phones", List.of(GET)),
          Map.entry("/switchboard/phone/phones/:id", List.of(PUT, DELETE)),
          Map.entry("/switchboard/phone/codes", List.of(POST)),
          Map.entry("/switchboard/windows/:conversationId", List.of(GET)),
          Map.entry("/api/audit", List.of(GET)),
          Map.entry("/api/feed", List.of(GET)),
          Map.entry("/api/streams", List.of(GET)),
          Map.entry("/api/doctor", List.of(GET)),
          Map.entry("/api/hooks", List.of(GET, POST)),
          Map.entry("/api/hooks/:name", List.of(GET, POST, PUT, DELETE)),
          Map.entry("/api/hooks/:name/subscription", List.of(GET)),
          Map.entry("/api/hooks/:name/secret", List.of(POST)),
          Map.entry("/api/hooks/:name/preview", List.of(POST)),
          Map.entry("/api/hooks/:name/deliveries", List.of(GET)),
          Map.entry("/api/hooks/:name/deliveries/:id", List.of(GET)),
          Map.entry("/api/hooks/:name/deliveries/:id/replay", List.of(POST)),
          Map.entry(PublicUrl.WEBHOOK, List.of(POST)),
          Map.entry("/api/twilio/status", List.of(POST)),
          Map.entry("/q/*", List.of(GET)));

  /** A stream has no end, and so cannot respond to HEAD. */
  private static final String STREAM = "/api/messages/stream";

  /** After the aliases (ApiAlias), before the reader of the body. */
  private static final int ORDER = 2;

  private final ObjectMapper json;
  private final AddressMethods methods = new AddressMethods();

  AllowedMethods(ObjectMapper json) {
    this.json = json;
    DOORS.forEach(door -> methods.add(door.getKey(), allowed(door.getKey(), door.getValue())));
    PageDoor.paths().forEach(path -> methods.add(path, allowed(path, List.of(GET))));
  }

  void mount(@Observes Router router) {
    router
        .route()
        .order(ORDER)
        .handler(
            request ->
                methods
                    .of(request.normalizedPath())
                    .ifPresentOrElse(allowed -> check(request, allowed), request::next));
  }

  private static List<String> allowed(String path, List<String> methods) {
    TreeSet<String> all = new TreeSet<>(methods);
    if (methods.contains(GET) && !path.equals(STREAM)) {
      all.add("HEAD");
    }
    all.add("OPTIONS");
    return new ArrayList<>(all);
  }

  private void check(RoutingContext request, List<String> allowed) {
    String method = request.request().method().name();
    if (allowed.contains(method) && !"OPTIONS".equals(method)) {
      request.next();
      return;
    }
    request.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
    if ("OPTIONS".equals(method)) {
      request.response().end();
      return;
    }
    Problem problem = Problem.of(405, "This address does not support that HTTP method");
    if (!request.request().isEnded()) {
      // The rest of the body is not read, so this connection cannot carry another request.
      request.response().putHeader(HttpHeaders.CONNECTION, "close");
    }
    try {
      request
          .response()
          .setStatusCode(problem.status())
          .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
          .end(json.writeValueAsString(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A problem is always writable", impossible);
    }
  }
}
