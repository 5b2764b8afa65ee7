package chat.switchboard.api;

import chat.switchboard.http.StaticFile;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * GET /switchboard/…: the operator's page, the script that keeps LibreChat's page live, and the
 * icons. They hold no secret and need no key; what the page shows comes through doors that do.
 */
@ApplicationScoped
class PageDoor {

  private static final String ROOT = "/switchboard/";
  private static final String[] FILES = {
    "index.html",
    "page.js",
    "style.css",
    "favicon.svg",
    "live.js",
    "client.js",
    "icons/sms.svg",
    "icons/rcs.svg",
    "icons/whatsapp.svg",
    "icons/webhook.svg",
    "icons/api.svg",
    "icons/external.svg",
  };

  /** The addresses of the pages and their files. */
  static List<String> paths() {
    return Stream.concat(
            Stream.of(ROOT.substring(0, ROOT.length() - 1), ROOT),
            Arrays.stream(FILES).map(name -> ROOT + name))
        .toList();
  }

  void mount(@Observes Router router) {
    for (String name : FILES) {
      serve(router, ROOT + name, StaticFile.read("page/" + name));
    }
    serve(router, ROOT, StaticFile.read("page/index.html"));
    router.get("/switchboard").handler(PageDoor::redirect);
    router.head("/switchboard").handler(PageDoor::redirect);
  }

  /** Relative, since a proxy may have the page under another path. */
  private static void redirect(RoutingContext request) {
    request.response().setStatusCode(308).putHeader("Location", "switchboard/").end();
  }

  private static void serve(Router router, String path, StaticFile file) {
    router.get(path).handler((RoutingContext request) -> file.answer(request));
    router.head(path).handler((RoutingContext request) -> file.answer(request));
  }
}
