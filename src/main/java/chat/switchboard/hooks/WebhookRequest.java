package chat.switchboard.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A webhook as it arrived.
 *
 * @param headers every value of each header, by the name in lower case
 * @param body the raw bytes, before anything is decoded
 * @param url the public address of the hook, as it is registered at the provider
 */
record WebhookRequest(Map<String, List<String>> headers, byte[] body, String url) {

  /** The request with the names of its headers in lower case. */
  static WebhookRequest of(Iterable<Map.Entry<String, String>> headers, byte[] body, String url) {
    Map<String, List<String>> byName = new TreeMap<>();
    for (Map.Entry<String, String> header : headers) {
      byName
          .computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.getValue());
    }
    return new WebhookRequest(byName, body, url);
  }

  /** Every value of a header; empty if the request does not have it. */
  List<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** The value of the Content-Type header; empty if there is none. */
  String contentType() {
    return header("content-type").stream().findFirst().orElse("");
  }
}
