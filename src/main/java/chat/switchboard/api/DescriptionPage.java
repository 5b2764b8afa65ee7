package chat.switchboard.api;

import chat.switchboard.http.StaticFolder;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;

/**
 * GET /q/swagger-ui/: Switchboard's own page, which shows {@code /q/openapi} and sends test
 * requests. Swagger UI needs inline scripts and styles, and adds 3 MB of scripts to every
 * executable; this page keeps Swagger UI's address.
 */
@ApplicationScoped
class DescriptionPage {

  private static final String ADDRESS = "/q/swagger-ui";

  /** File names in the URL, and the resource of each name. */
  private static final Map<String, String> FILES =
      Map.of(
          "", "page/api.html",
          "index.html", "page/api.html",
          "api.js", "page/api.js",
          "api.css", "page/api.css",
          "style.css", "page/style.css",
          "favicon.svg", "page/favicon.svg");

  void mount(@Observes Router router) {
    StaticFolder.mount(router, ADDRESS, FILES);
  }
}
