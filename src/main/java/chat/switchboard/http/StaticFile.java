package chat.switchboard.http;

import chat.switchboard.ops.Digests;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file for browsers, kept in memory, with headers that let a page load only files of this
 * service: no inline script or style, no third party, no framing. A browser revalidates the file
 * each time by its strong entity tag.
 */
final class StaticFile {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "js", "text/javascript;charset=UTF-8",
          "svg", "image/svg+xml");

  private final String type;
  private final Buffer plain;
  private final Buffer zipped;
  private final String tag;

  private StaticFile(String type, byte[] bytes) {
    this.type = type;
    this.plain = Buffer.buffer(bytes);
    this.zipped = Buffer.buffer(zip(bytes));
    this.tag = hash(bytes);
  }

  /** Reads a file of the class path. */
  static StaticFile read(String resource) {
    try (InputStream file =
        Thread.currentThread().getContextClassLoader().getResourceAsStream(resource)) {
      if (file == null) {
        throw new IllegalStateException(resource + " is missing from the build");
      }
      String ending = resource.substring(resource.lastIndexOf('.') + 1);
      String type = Objects.requireNonNull(TYPES.get(ending), "Files have a known type");
      return new StaticFile(type, file.readAllBytes());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Answers a GET or HEAD request: the file, or 304 if the browser has the current version. */
  void answer(RoutingContext request) {
    MultiMap headers = request.request().headers();
    HttpServerResponse response = request.response();
    String accepted = headers.get(HttpHeaders.ACCEPT_ENCODING);
    boolean zip = accepted != null && accepted.matches("(?i).*\\bgzip\\b(?!\\s*;\\s*q=0(\\D|$)).*");
    // The two forms are different bytes, and so have different strong tags.
    String shown = zip ? '"' + tag + "-gz\"" : '"' + tag + '"';
    response
        .putHeader(HttpHeaders.ETAG, shown)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .putHeader(HttpHeaders.VARY, "Accept-Encoding")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer");
    if (isKnown(headers.get(HttpHeaders.IF_NONE_MATCH), shown)) {
      response.setStatusCode(304).end();
      return;
    }
    Buffer body = zip ? zipped : plain;
    response.putHeader(HttpHeaders.CONTENT_TYPE, type);
    if (zip) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    if (HttpMethod.HEAD.equals(request.request().method())) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end();
    } else {
      response.end(body);
    }
  }

  private static boolean isKnown(@Nullable String ifNoneMatch, String shown) {
    return ifNoneMatch != null
        && Arrays.stream(ifNoneMatch.split(","))
            .map(one -> one.strip().replaceFirst("^W/", ""))
            .anyMatch(one -> one.equals(shown) || one.equals("*"));
  }

  private static byte[] zip(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(zipped) {
          {
            def.setLevel(java.util.zip.Deflater.BEST_COMPRESSION);
          }
        }) {
      gzip.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return zipped.toByteArray();
  }

  private static String hash(byte[] bytes) {
    return Digests.sha256Hex(bytes).substring(0, 32);
  }
}
