package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.http.CancellableRequest;
import chat.switchboard.text.UriComponent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * LibreChat's own upload, download and deletion of files, in the name of a conversation's owner.
 * LibreChat chooses its storage and re-encodes pictures. As measured on LibreChat main of August
 * 2026.
 */
@Singleton
public class LibreChatFiles {

  /** LibreChat re-encodes a picture before it answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(15);

  private static final int LARGEST_ANSWER = 64 * 1024;

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
        .map(UploadAnswer::read)
        .onFailure(TimeoutException.class)
        .recoverWithItem(
            () ->
                new Uploaded.TryLater(
                    "LibreChat did not accept the file within " + PATIENCE.toSeconds() + " s"))
        .onFailure()
        .recoverWithItem(
            failure ->
                new Uploaded.TryLater(
                    "LibreChat did not accept the file ("
                        + failure.getClass().getSimpleName()
                        + ")"));
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
        .onFailure()
        .recoverWithItem(Optional.empty());
  }

  private static Optional<String> transcript(BoundedExchange.Answer answer) {
    return answer.status() == 200
            && new JsonObject(answer.body()).getValue("text") instanceof String text
            && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  private Uni<BoundedExchange.Answer> post(
      Upload file, String path, String part, Map<String, String> fields) {
    RequestOptions request =
        door.api(HttpMethod.POST, path, file.user(), PATIENCE)
            .putHeader(HttpHeaders.ACCEPT, "application/json");
    MultipartBody body = MultipartBody.of(file, part, fields);
    return BoundedExchange.stream(
        door.client(), body.describe(request), body.parts(), PATIENCE, LARGEST_ANSWER);
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
    if (!door.isKnown() || !UploadAnswer.isId(fileId)) {
      return Uni.createFrom().item(new Downloaded.Missing("LibreChat has no such file"));
    }
    RequestOptions request =
        door.api(
            HttpMethod.GET,
            "/api/files/download/" + UriComponent.encode(user) + "/" + UriComponent.encode(fileId),
            user,
            SHORT_PATIENCE);
    AtomicBoolean isOver = new AtomicBoolean();
    return CancellableRequest.<Downloaded>open(
            door.client(),
            request,
            (call, emitter) ->
                call.send()
                    .onFailure(emitter::fail)
                    .onSuccess(response -> receive(response, sink, largest, isOver, emitter)))
        .onTermination()
        .invoke(() -> isOver.set(true))
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(
            () ->
                new Downloaded.TryLater(
                    "LibreChat did not send the file within " + PATIENCE.toSeconds() + " s"))
        .onFailure()
        .recoverWithItem(
            failure ->
                new Downloaded.TryLater(
                    "LibreChat did not send the file ("
                        + failure.getClass().getSimpleName()
                        + ")"));
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
}
