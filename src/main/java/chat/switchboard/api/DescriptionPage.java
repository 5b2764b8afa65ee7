package chat.switchboard.api;

import chat.switchboard.http.StaticFile;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
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

  /** Before Swagger UI, which dev mode and the tests always have at this address. */
  private static final int ORDER = -1;

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
    FILES.forEach(
        (name, resource) -> {
          StaticFile file = StaticFile.read(resource);
          router.get(ADDRESS + "/" + name).order(ORDER).handler(file::answer);
          router.head(ADDRESS + "/" + name).order(ORDER).handler(file::answer);
        });
    router.get(ADDRESS).order(ORDER).handler(DescriptionPage::redirect);
    router.head(ADDRESS).order(ORDER).handler(DescriptionPage::redirect);
  }

  /** Relative, since a proxy may have the page under another path. */
  private static void redirect(RoutingContext request) {
    request.response().setStatusCode(308).putHeader("Location", "swagger-ui/").end();
  }
}
