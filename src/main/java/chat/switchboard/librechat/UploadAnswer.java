package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.librechat.LibreChatFiles.Uploaded;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads LibreChat's answer to an upload. */
final class UploadAnswer {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  private UploadAnswer() {}

  static Uploaded read(BoundedExchange.Answer answer) {
    int status = answer.status();
    return switch (status) {
      case 200, 201 -> stored(answer.body());
      case 400, 413, 415, 422 ->
          new Uploaded.Refused("LibreChat refuses the file (status " + status + ")");
      case 401, 403 ->
          new Uploaded.TryLater(
              "LibreChat refuses Switchboard's token ("
                  + status
                  + "): JWT_SECRET must be the same in both");
      default -> new Uploaded.TryLater("LibreChat answered with status " + status);
    };
  }

  private static Uploaded stored(String body) {
    try {
      JsonObject file = new JsonObject(body);
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
      // The refusal below says so.
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
    return isId(fileId) && isPath(path)
        ? Optional.of(new Uploaded.Stored(fileId, path, type, width, height, source))
        : Optional.empty();
  }

  /** Whether the text has the form of LibreChat's ids of files. */
  static boolean isId(String fileId) {
    return ID.matcher(fileId).matches();
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
}
