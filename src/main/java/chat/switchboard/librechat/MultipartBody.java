package chat.switchboard.librechat;

import chat.switchboard.librechat.LibreChatFiles.Upload;
import chat.switchboard.text.UriComponent;
import io.smallrye.mutiny.Multi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.util.Map;
import java.util.UUID;

/**
 * The body of a {@code multipart/form-data} request with fields and one file, of known length.
 *
 * @param boundary between the parts
 * @param length of the whole body in bytes
 */
record MultipartBody(String boundary, long length, Multi<Buffer> parts) {

  /**
   * @param part the name of the file's part
   */
  static MultipartBody of(Upload file, String part, Map<String, String> fields) {
    String boundary = "switchboard-" + UUID.randomUUID();
    Buffer head = head(file, part, fields, boundary);
    Buffer tail = Buffer.buffer("\r\n--" + boundary + "--\r\n");
    return new MultipartBody(
        boundary,
        head.length() + file.bytes() + tail.length(),
        Multi.createBy()
            .concatenating()
            .streams(Multi.createFrom().item(head), file.parts(), Multi.createFrom().item(tail)));
  }

  /** Adds the headers of this body to the request. */
  RequestOptions describe(RequestOptions request) {
    return request
        .putHeader(HttpHeaders.CONTENT_TYPE, "multipart/form-data; boundary=" + boundary)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
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
        .append("\r\nContent-Disposition: form-data; name=\"")
        .append(part)
        .append("\"; filename=\"")
        // LibreChat's page sends the name by encodeURIComponent, and LibreChat decodes it.
        .append(UriComponent.encode(file.fileName()))
        .append("\"\r\nContent-Type: ")
        .append(file.mediaType())
        .append("\r\n\r\n");
    return Buffer.buffer(head.toString());
  }
}
