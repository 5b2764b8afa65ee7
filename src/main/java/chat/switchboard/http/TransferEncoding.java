package chat.switchboard.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/**
 * Checks whether every server interprets the Transfer-Encoding of a request in the same way. Netty
 * up to 4.1.137 reads {@code chunked, xchunked} as chunks (CVE-2026-89044) and ignores an unknown
 * coding. A proxy that interprets such a header in another way sees another end of the body, and so
 * another next request (request smuggling).
 */
final class TransferEncoding {

  private static final String CHUNKED = "chunked";

  private TransferEncoding() {}

  /**
   * Whether the request has no Transfer-Encoding, or has the single value {@code chunked} over
   * HTTP/1.1. HTTP/2 (RFC 9113, 8.2.2) and HTTP/1.0 (RFC 9112, 6.1) have no transfer codings.
   */
  static boolean isTaken(HttpVersion version, MultiMap headers) {
    List<String> values = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
    return values.isEmpty()
        || (version == HttpVersion.HTTP_1_1
            && values.size() == 1
            && CHUNKED.equalsIgnoreCase(values.get(0)));
  }
}
