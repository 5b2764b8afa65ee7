package chat.switchboard.support;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.types.ObjectId;

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
    /** Stores the file, and the connection breaks before the answer. */
    STORES_AND_DROPS,
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

  private final Vertx vertx;
  private final HttpServer server;
  private final List<Upload> uploads = new CopyOnWriteArrayList<>();
  private final Map<String, Buffer> files = new ConcurrentHashMap<>();
  private final Map<String, Buffer> pictures = new ConcurrentHashMap<>();
  private final List<JsonObject> deletions = new CopyOnWriteArrayList<>();
  public volatile Mood mood = Mood.TAKES;

  /** Gets each file that is taken, as LibreChat's collection has the file. */
  public volatile Consumer<Document> database = file -> {};

  /** What the configured speech-to-text says; null where none is configured. */
  public volatile String speech;

  private FakeLibreChatFiles(Vertx vertx) {
    this.vertx = vertx;
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

  /** The page gets this picture at this path, without a token. */
  void shows(String path, byte[] content) {
    pictures.put(path, Buffer.buffer(content));
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (request.path().startsWith("/images/")) {
      // Without a token, unless secureImageLinks is set.
      Buffer picture = pictures.get(request.path());
      response
          .setStatusCode(picture == null ? 404 : 200)
          .end(picture == null ? Buffer.buffer() : picture);
      return;
    }
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
          taken(request, user, fields, file, content.length(), kept.copy());
        });
  }

  private void taken(
      HttpServerRequest request,
      String user,
      Map<String, String> fields,
      String[] file,
      int bytes,
      Buffer kept) {
    Mood mood = this.mood;
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
    files.put(user + "/" + id, kept);
    pictures.put(answer.getString("filepath"), kept);
    if (mood != Mood.ODD_PATH) {
      // packages/data-schemas/src/schema/file.ts; the id of the request is kept as temp_file_id.
      Document record =
          new Document("file_id", id)
              .append("temp_file_id", fields.get("file_id"))
              .append("filename", file[0])
              .append("filepath", answer.getString("filepath"))
              .append("object", "file")
              .append("type", file[1])
              .append("bytes", bytes)
              .append("usage", 0)
              .append("source", "local")
              .append("context", "message_attachment")
              .append("createdAt", new Date())
              .append("updatedAt", new Date());
      if (ObjectId.isValid(user)) {
        record.append("user", new ObjectId(user));
      }
      for (String size : List.of("width", "height")) {
        if (answer.containsKey(size)) {
          record.append(size, answer.getInteger(size));
        }
      }
      // Away from the event loop.
      vertx
          .executeBlocking(
              () -> {
                database.accept(record);
                return null;
              })
          .onComplete(stored -> answer(mood, request, answer));
      return;
    }
    answer(mood, request, answer);
  }

  private static void answer(Mood mood, HttpServerRequest request, JsonObject answer) {
    HttpServerResponse response = request.response();
    switch (mood) {
      case STORES_AND_DROPS -> request.connection().close();
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
