package chat.switchboard.support;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * LibreChat's doors for files, as strict as LibreChat: it refuses clients that do not look like a
 * browser, types that are not on its list, and pictures without sizes.
 */
public final class FakeLibreChatFiles implements AutoCloseable {

  private static final Set<String> TAKEN =
      Set.of(
          "image/png",
          "image/jpeg",
          "image/gif",
          "image/webp",
          "application/pdf",
          "text/plain",
          "text/csv",
          "text/calendar",
          "audio/mpeg",
          "audio/ogg",
          "audio/mp4",
          "video/mp4");

  /** How the next uploads are answered. */
  public enum Mood {
    TAKES,
    SILENT,
    DROPS,
    UNAVAILABLE,
    NO_JSON,
    TOO_MUCH,
    ODD_PATH,
    REFUSES_EARLY
  }

  /** An upload that came. */
  public record Upload(
      String path,
      String user,
      Map<String, String> fields,
      String fileName,
      String type,
      Buffer content) {}

  private final HttpServer server;
  private final List<Upload> uploads = new CopyOnWriteArrayList<>();
  private final Map<String, Buffer> files = new ConcurrentHashMap<>();
  private final List<JsonObject> deletions = new CopyOnWriteArrayList<>();
  public volatile Mood mood = Mood.TAKES;

  /** What the configured speech-to-text says; null where none is configured. */
  public volatile String speech;

  private FakeLibreChatFiles(Vertx vertx) {
    server = vertx.createHttpServer().requestHandler(this::answer).exceptionHandler(broken -> {});
    try {
      server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static FakeLibreChatFiles start(Vertx vertx) {
    return new FakeLibreChatFiles(vertx);
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  public List<Upload> uploads() {
    return uploads;
  }

  public List<JsonObject> deletions() {
    return deletions;
  }

  public FakeLibreChatFiles has(String user, String fileId, byte[] content) {
    files.put(user + "/" + fileId, Buffer.buffer(content));
    return this;
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String agent = request.getHeader("User-Agent");
    String bearer = request.getHeader("Authorization");
    if (agent == null || !agent.contains("Chrome/")) {
      response.setStatusCode(403).end("Illegal request");
      return;
    }
    if (bearer == null || bearer.split("\\.").length != 3) {
      response.setStatusCode(401).end();
      return;
    }
    String claims =
        new String(
            java.util.Base64.getUrlDecoder().decode(bearer.split("\\.")[1]),
            StandardCharsets.UTF_8);
    String user = new JsonObject(claims).getString("id");
    String path = request.path();
    switch (request.method().name()) {
      case "POST" -> upload(request, path, user);
      case "DELETE" ->
          request.bodyHandler(
              body -> {
                deletions.add(new JsonObject(body));
                response.end("{\"message\":\"Files deleted successfully\"}");
              });
      default -> {
        if (path.equals("/api/files/speech/config/get")) {
          response
              .putHeader("Content-Type", "application/json")
              .end(new JsonObject().put("sttExternal", speech != null).encode());
          return;
        }
        String prefix = "/api/files/download/" + user + "/";
        Buffer file =
            path.startsWith(prefix)
                ? files.get(user + "/" + path.substring(prefix.length()))
                : null;
        if (file == null) {
          response.setStatusCode(404).end();
        } else {
          response
              .putHeader("Content-Type", "application/octet-stream")
              .putHeader("Content-Disposition", "attachment; filename=\"x.png\"")
              .end(file);
        }
      }
    }
  }

  private void upload(HttpServerRequest request, String path, String user) {
    HttpServerResponse response = request.response();
    switch (mood) {
      case SILENT -> {
        request.handler(part -> {});
        return;
      }
      case DROPS -> {
        request.connection().close();
        return;
      }
      case UNAVAILABLE -> {
        response.setStatusCode(503).end();
        return;
      }
      case REFUSES_EARLY -> {
        response.setStatusCode(413).end();
        return;
      }
      default -> {}
    }
    Buffer content = Buffer.buffer();
    String[] file = new String[3];
    request.setExpectMultipart(true);
    request.uploadHandler(
        upload -> {
          file[0] =
              URLDecoder.decode(upload.filename().replace("+", "%2B"), StandardCharsets.UTF_8);
          file[1] = upload.contentType();
          file[2] = upload.name();
          upload.handler(content::appendBuffer);
        });
    request.endHandler(
        ended -> {
          Map<String, String> fields = new ConcurrentHashMap<>();
          request.formAttributes().forEach(field -> fields.put(field.getKey(), field.getValue()));
          if (path.equals("/api/files/speech/stt")) {
            boolean isReady = speech != null && "audio".equals(file[2]) && content.length() > 0;
            response
                .setStatusCode(isReady ? 200 : 500)
                .end(new JsonObject().put("text", speech).encode());
            return;
          }
          if (!"file".equals(file[2])) {
            response.setStatusCode(400).end();
            return;
          }
          if (!TAKEN.contains(file[1])) {
            response.setStatusCode(415).end();
            return;
          }
          if (path.endsWith("/images") && !fields.containsKey("width")) {
            response.setStatusCode(500).end();
            return;
          }
          // The bytes of many large files would fill the memory of the tests.
          Buffer kept = content.length() > 1024 * 1024 ? content.getBuffer(0, 1024) : content;
          uploads.add(new Upload(path, user, fields, file[0], file[1], kept.copy()));
          taken(response, user, fields, file);
        });
  }

  private void taken(
      HttpServerResponse response, String user, Map<String, String> fields, String[] file) {
    String id = UUID.randomUUID().toString();
    JsonObject answer =
        new JsonObject()
            .put("file_id", id)
            .put(
                "filepath",
                mood == Mood.ODD_PATH ? "/x) ![](y" : "/images/" + user + "/" + id + ".png")
            .put("type", file[1])
            .put("source", "local")
            .put("context", "message_attachment");
    if (fields.containsKey("width")) {
      answer
          .put("width", Integer.parseInt(fields.get("width")))
          .put("height", Integer.parseInt(fields.get("height")));
    }
    switch (mood) {
      case NO_JSON -> response.end("<html>");
      case TOO_MUCH -> response.end("x".repeat(200_000));
      default -> response.putHeader("Content-Type", "application/json").end(answer.encode());
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
