package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.smallrye.mutiny.vertx.MultiHelper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * LibreChat's own upload, download and deletion of files, in the name of a conversation's owner.
 * LibreChat chooses its storage and re-encodes pictures. As measured on LibreChat main of August
 * 2026.
 */
@ApplicationScoped
public class LibreChatFiles {

  /** LibreChat re-encodes a picture before it answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(15);

  private static final int LARGEST_ANSWER = 64 * 1024;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  private final LibreChatHttp door;

  LibreChatFiles(LibreChatHttp door) {
    this.door = door;
  }

  /**
   * A file to upload.
   *
   * @param uploadId a UUID: LibreChat gives the file an id of its own, and stores this one as
   *     {@code temp_file_id} until a request names the file
   * @param user LibreChat's id of the owner
   * @param endpoint of the conversation
   * @param endpointType of the conversation, where it has one
   * @param width in pixels, above 0 for a picture: LibreChat answers 500 to a picture without sizes
   * @param bytes the exact length of the parts together
   */
  public record Upload(
      String uploadId,
      String user,
      String endpoint,
      Optional<String> endpointType,
      String fileName,
      String mediaType,
      int width,
      int height,
      long bytes,
      Multi<Buffer> parts) {

    boolean isPicture() {
      return mediaType.startsWith("image/") && width > 0 && height > 0;
    }
  }

  /** The result of an upload. */
  public sealed interface Uploaded {

    /**
     * LibreChat has the file, under an id of its own.
     *
     * @param path for Markdown and for deletion
     * @param source LibreChat's storage, for deletion
     */
    record Stored(
        String fileId,
        String path,
        String type,
        OptionalInt width,
        OptionalInt height,
        String source)
        implements Uploaded {}

    /** LibreChat does not take files of this type or size. */
    record Refused(String cause) implements Uploaded {}

    /** A later attempt can succeed. */
    record TryLater(String cause) implements Uploaded {}

    /** LibreChat's address is not known. */
    record NotThere() implements Uploaded {}
  }

  /** The result of a download. */
  public sealed interface Downloaded {

    /**
     * The sink has the whole file.
     *
     * @param type the raw header, empty if missing
     * @param disposition the raw header, empty if missing
     */
    record Received(long bytes, Optional<String> type, Optional<String> disposition)
        implements Downloaded {}

    /** LibreChat does not have the file, or the owner may not read the file. */
    record Missing(String cause) implements Downloaded {}

    /** The file is larger than was allowed. */
    record TooLarge() implements Downloaded {}

    /** A later attempt can succeed. */
    record TryLater(String cause) implements Downloaded {}
  }

  /** Whether LibreChat's address is known. */
  public boolean isThere() {
    return door.isKnown();
  }

  /**
   * Uploads a file, part by part. LibreChat stores the file anew at each attempt: {@link
   * FileRecords#uploaded} finds the file of an earlier attempt.
   */
  public Uni<Uploaded> upload(Upload file) {
    if (!door.isKnown()) {
      return Uni.createFrom().item(new Uploaded.NotThere());
    }
    return post(file, file.isPicture() ? "/api/files/images" : "/api/files", "file", fields(file))
        .map(answer -> read(answer.status(), answer.body()))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(
            () ->
                new Uploaded.TryLater(
                    "LibreChat took no file within " + PATIENCE.toSeconds() + " s"))
        .onFailure()
        .recoverWithItem(
            failure ->
                new Uploaded.TryLater(
                    "LibreChat took no file (" + failure.getClass().getSimpleName() + ")"));
  }

  /**
   * Has LibreChat turn sound into text, if its configuration has {@code speech.stt}; empty if not,
   * or if that fails.
   */
  public Uni<Optional<String>> transcribe(Upload sound) {
    if (!door.isKnown()) {
      return Uni.createFrom().item(Optional.empty());
    }
    RequestOptions configuration =
        door.api(HttpMethod.GET, "/api/files/speech/config/get", sound.user(), SHORT_PATIENCE);
    return BoundedExchange.send(door.client(), configuration, null, SHORT_PATIENCE, LARGEST_ANSWER)
        .flatMap(
            answer ->
                answer.status() == 200
                        && Boolean.TRUE.equals(
                            new JsonObject(answer.body()).getValue("sttExternal"))
                    ? post(sound, "/api/files/speech/stt", "audio", Map.of())
                        .map(LibreChatFiles::transcript)
                    : Uni.createFrom().item(Optional.<String>empty()))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(Optional.empty())
        .onFailure()
        .recoverWithItem(Optional.empty());
  }

  private static Optional<String> transcript(Answered answer) {
    return answer.status() == 200
            && new JsonObject(answer.body()).getValue("text") instanceof String text
            && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  private record Answered(int status, String body) {}

  private Uni<Answered> post(Upload file, String path, String part, Map<String, String> fields) {
    String boundary = "switchboard-" + UUID.randomUUID();
    Buffer head = head(file, part, fields, boundary);
    Buffer tail = Buffer.buffer("\r\n--" + boundary + "--\r\n");
    RequestOptions request =
        door.api(HttpMethod.POST, path, file.user(), PATIENCE)
            .putHeader(HttpHeaders.CONTENT_TYPE, "multipart/form-data; boundary=" + boundary)
            .putHeader(
                HttpHeaders.CONTENT_LENGTH,
                Long.toString(head.length() + file.bytes() + tail.length()))
            .putHeader(HttpHeaders.ACCEPT, "application/json");
    Multi<Buffer> body =
        Multi.createBy()
            .concatenating()
            .streams(Multi.createFrom().item(head), file.parts(), Multi.createFrom().item(tail));
    return Uni.createFrom().emitter(emitter -> send(request, body, emitter));
  }

  private static Map<String, String> fields(Upload file) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("endpoint", file.endpoint());
    file.endpointType().ifPresent(type -> fields.put("endpointType", type));
    fields.put("file_id", file.uploadId());
    fields.put("message_file", "true");
    if (file.isPicture()) {
      fields.put("width", Integer.toString(file.width()));
      fields.put("height", Integer.toString(file.height()));
    }
    return fields;
  }

  private static Buffer head(
      Upload file, String part, Map<String, String> fields, String boundary) {
    StringBuilder head = new StringBuilder();
    fields.forEach(
        (name, value) ->
            head.append("--")
                .append(boundary)
                .append("\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"\r\n\r\n")
                .append(value.replaceAll("[\\r\\n]", ""))
                .append("\r\n"));
    head.append("--")
        .append(boundary)
        .append("\r\nContent-Disposition: form-data; name=\"" + part + "\"; filename=\"")
        // LibreChat's page sends the name by encodeURIComponent, and LibreChat decodes it.
        .append(encoded(file.fileName()))
        .append("\"\r\nContent-Type: ")
        .append(file.mediaType())
        .append("\r\n\r\n");
    return Buffer.buffer(head.toString());
  }

  private void send(
      RequestOptions request, Multi<Buffer> body, UniEmitter<? super Answered> emitter) {
    AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
    AtomicBoolean isOver = new AtomicBoolean();
    emitter.onTermination(
        () -> {
          isOver.set(true);
          Optional.ofNullable(sent.get()).ifPresent(HttpClientRequest::reset);
        });
    door.client()
        .request(request)
        .onFailure(emitter::fail)
        .onSuccess(
            call -> {
              sent.set(call);
              if (isOver.get()) {
                call.reset();
                return;
              }
              // LibreChat may answer before the whole file is there: a refusal.
              call.response()
                  .onFailure(emitter::fail)
                  .onSuccess(
                      response ->
                          whole(response)
                              .subscribe()
                              .with(
                                  answer ->
                                      emitter.complete(new Answered(response.statusCode(), answer)),
                                  emitter::fail));
              MultiHelper.toReadStream(body)
                  .pipe()
                  .endOnFailure(false)
                  .to(call)
                  .onFailure(
                      failure -> {
                        call.reset();
                        emitter.fail(failure);
                      });
            });
  }

  /** The body of an answer, within {@link #LARGEST_ANSWER}. */
  private static Uni<String> whole(HttpClientResponse response) {
    return Uni.createFrom()
        .emitter(
            emitter -> {
              Buffer body = Buffer.buffer();
              response.exceptionHandler(emitter::fail);
              response.handler(
                  part -> {
                    if (body.length() + part.length() > LARGEST_ANSWER) {
                      emitter.fail(new IllegalStateException("The answer is too large"));
                    } else {
                      body.appendBuffer(part);
                    }
                  });
              response.endHandler(ended -> emitter.complete(body.toString()));
            });
  }

  private static Uploaded read(int status, String answer) {
    return switch (status) {
      case 200, 201 -> stored(answer);
      case 400, 413, 415, 422 ->
          new Uploaded.Refused("LibreChat does not take the file (status " + status + ")");
      case 401, 403 ->
          new Uploaded.TryLater(
              "LibreChat does not take our token (" + status + "): is JWT_SECRET the same there?");
      default -> new Uploaded.TryLater("LibreChat answered with status " + status);
    };
  }

  private static Uploaded stored(String answer) {
    try {
      JsonObject file = new JsonObject(answer);
      Optional<Uploaded.Stored> stored =
          stored(
              text(file, "file_id"),
              file.getValue("filepath") instanceof String path ? path : "",
              text(file, "type"),
              number(file, "width"),
              number(file, "height"),
              text(file, "source"));
      if (stored.isPresent()) {
        return stored.get();
      }
    } catch (DecodeException noJson) {
      // Told below.
    }
    // LibreChat may have the file: each further attempt would leave another copy there.
    return new Uploaded.Refused("LibreChat's answer to the upload names no file");
  }

  /** Returns a stored file; empty if its id or its path has another form than LibreChat's. */
  static Optional<Uploaded.Stored> stored(
      String fileId,
      String path,
      String type,
      OptionalInt width,
      OptionalInt height,
      String source) {
    return ID.matcher(fileId).matches() && isPath(path)
        ? Optional.of(new Uploaded.Stored(fileId, path, type, width, height, source))
        : Optional.empty();
  }

  /** The path becomes a part of Markdown. */
  private static boolean isPath(String path) {
    return path.length() <= 2_048 && path.matches("[!#-;=?-Z\\[\\]_a-z~]+") && !path.contains(")");
  }

  private static String text(JsonObject file, String name) {
    return file.getValue(name) instanceof String value && value.length() <= 256 ? value : "";
  }

  private static OptionalInt number(JsonObject file, String name) {
    return file.getValue(name) instanceof Number value
        ? OptionalInt.of(value.intValue())
        : OptionalInt.empty();
  }

  /**
   * Deletes a file from LibreChat and its storage.
   *
   * @return whether the file is gone
   */
  public Uni<Boolean> delete(String user, String fileId, String path, String source) {
    if (!door.isKnown()) {
      return Uni.createFrom().item(false);
    }
    JsonObject file =
        new JsonObject().put("file_id", fileId).put("filepath", path).put("source", source);
    RequestOptions request =
        door.api(HttpMethod.DELETE, "/api/files", user, SHORT_PATIENCE)
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    String body = new JsonObject().put("files", new JsonArray().add(file)).encode();
    return BoundedExchange.send(door.client(), request, body, SHORT_PATIENCE, LARGEST_ANSWER)
        .map(answer -> answer.status() == 200 || answer.status() == 404)
        .onFailure()
        .recoverWithItem(false);
  }

  /**
   * Downloads a file of the owner's into a sink, with back-pressure.
   *
   * @param sink closed by the caller, who drops its content unless the result is {@link
   *     Downloaded.Received}
   * @param largest in bytes
   */
  public Uni<Downloaded> download(
      String user, String fileId, WriteStream<Buffer> sink, long largest) {
    if (!door.isKnown() || !ID.matcher(fileId).matches()) {
      return Uni.createFrom().item(new Downloaded.Missing("LibreChat has no such file"));
    }
    RequestOptions request =
        door.api(
            HttpMethod.GET,
            "/api/files/download/" + encoded(user) + "/" + encoded(fileId),
            user,
            SHORT_PATIENCE);
    return Uni.createFrom()
        .<Downloaded>emitter(emitter -> receive(request, sink, largest, emitter))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(
            () ->
                new Downloaded.TryLater(
                    "LibreChat gave no file within " + PATIENCE.toSeconds() + " s"))
        .onFailure()
        .recoverWithItem(
            failure ->
                new Downloaded.TryLater(
                    "LibreChat gave no file (" + failure.getClass().getSimpleName() + ")"));
  }

  private void receive(
      RequestOptions request,
      WriteStream<Buffer> sink,
      long largest,
      UniEmitter<? super Downloaded> emitter) {
    AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
    AtomicBoolean isOver = new AtomicBoolean();
    emitter.onTermination(
        () -> {
          isOver.set(true);
          Optional.ofNullable(sent.get()).ifPresent(HttpClientRequest::reset);
        });
    door.client()
        .request(request)
        .onFailure(emitter::fail)
        .onSuccess(
            call -> {
              sent.set(call);
              if (isOver.get()) {
                call.reset();
                return;
              }
              call.send()
                  .onFailure(emitter::fail)
                  .onSuccess(response -> receive(response, sink, largest, isOver, emitter));
            });
  }

  private static void receive(
      HttpClientResponse response,
      WriteStream<Buffer> sink,
      long largest,
      AtomicBoolean isOver,
      UniEmitter<? super Downloaded> emitter) {
    response.exceptionHandler(emitter::fail);
    int status = response.statusCode();
    if (status != 200) {
      String cause = "LibreChat answered with status " + status;
      emitter.complete(
          status == 429 || status >= 500
              ? new Downloaded.TryLater(cause)
              : new Downloaded.Missing(cause));
      return;
    }
    long[] received = {0};
    sink.exceptionHandler(emitter::fail);
    response.handler(
        part -> {
          received[0] += part.length();
          if (isOver.get()) {
            return;
          }
          if (received[0] > largest) {
            emitter.complete(new Downloaded.TooLarge());
            return;
          }
          sink.write(part);
          if (sink.writeQueueFull()) {
            response.pause();
            sink.drainHandler(drained -> response.resume());
          }
        });
    response.endHandler(
        ended ->
            emitter.complete(
                new Downloaded.Received(
                    received[0],
                    Optional.ofNullable(response.getHeader(HttpHeaders.CONTENT_TYPE)),
                    Optional.ofNullable(response.getHeader("Content-Disposition")))));
  }

  /** As JavaScript's {@code encodeURIComponent}, and without its exceptions. */
  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
