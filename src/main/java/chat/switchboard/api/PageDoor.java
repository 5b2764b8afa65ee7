package chat.switchboard.api;

import chat.switchboard.http.StaticFolder;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * GET /switchboard/…: the operator's page, the script that keeps LibreChat's page live, and the
 * icons. The files contain no secret and need no key; the page's data comes from doors that require
 * a key.
 */
@ApplicationScoped
class PageDoor {

  private static final String ADDRESS = "/switchboard";
  private static final String[] FILES = {
    "index.html",
    "page.js",
    "hooks.js",
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

  /** The page on which users link their own phones. */
  private static final String PHONE = ADDRESS + "/phone";

  private static final Map<String, String> PHONE_FILES =
      Map.of("", "page/phone.html", "phone.js", "page/phone.js");

  /** The addresses of the pages and their files. */
  static List<String> paths() {
    return Stream.concat(
            Stream.of(ADDRESS, ADDRESS + "/", PHONE, PHONE + "/", PHONE + "/phone.js"),
            Arrays.stream(FILES).map(name -> ADDRESS + "/" + name))
        .toList();
  }

  void mount(@Observes Router router) {
    Map<String, String> files = new HashMap<>();
    for (String name : FILES) {
      files.put(name, "page/" + name);
    }
    files.put("", "page/index.html");
    StaticFolder.mount(router, ADDRESS, files);
    StaticFolder.mount(router, PHONE, PHONE_FILES);
  }
}
