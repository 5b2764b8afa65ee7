package chat.switchboard.api;

import chat.switchboard.http.StaticFolder;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;

/**
 * GET /q/swagger-ui/: a page of ours that shows {@code /q/openapi} and sends requests. Swagger UI
 * itself needs inline scripts and styles and is 3 MB of scripts in every executable; its address is
 * kept.
 */
@ApplicationScoped
class DescriptionPage {

  private static final String ADDRESS = "/q/swagger-ui";

  /** Names at the address, and the files that they are. */
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
