package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.CleanText;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.media.CallerFiles;
import chat.switchboard.media.IncomingFile;
import chat.switchboard.media.MediaConfig;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the content of a message: texts, and pictures and files by address or with their bytes. */
@Singleton
class ContentReader {

  /** 10 MiB. */
  private static final int LARGEST_DATA = 10 * 1024 * 1024;

  private static final String FORM =
      "Content must be a text, or parts of the form {\"type\":\"text\",\"text\":\"…\"} or "
          + "{\"type\":\"image_url\" or \"file\",\"url\" or \"data\":\"…\"}";

  private final MessageConfig messages;
  private final MediaConfig media;
  private final CallerFiles callerFiles;

  ContentReader(MessageConfig messages, MediaConfig media, CallerFiles callerFiles) {
    this.messages = messages;
    this.media = media;
    this.callerFiles = callerFiles;
  }

  /**
   * The content of a message.
   *
   * @param parts the text, with a line for each file
   * @param data the bytes that came with the request, by their ids
   */
  record Read(List<String> parts, List<IncomingFile> files, Map<String, byte[]> data) {}

  Read read(JsonNode content) {
    Read read = new Read(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
    if (content == null || content.isNull()) {
      throw ProblemException.of(400, "Content must not be empty");
    } else if (content.isTextual()) {
      read.parts().add(content.textValue());
    } else if (content.isArray()) {
      content.forEach(part -> add(part, read));
    } else {
      add(content, read);
    }
    if (read.parts().stream().allMatch(String::isBlank)) {
      throw ProblemException.of(400, "Content must not be empty");
    }
    if (read.parts().stream().mapToInt(String::length).sum() > messages.maxLength()) {
      throw ProblemException.of(
          400, "Content must not be longer than " + messages.maxLength() + " characters");
    }
    return new Read(read.parts().stream().map(CleanText::of).toList(), read.files(), read.data());
  }

  private void add(JsonNode part, Read read) {
    JsonNode type = part.get("type");
    String named = type == null ? "text" : type.isTextual() ? type.textValue() : "";
    switch (named) {
      case "text" -> {
        JsonNode text = part.get("text");
        if (text == null || !text.isTextual()) {
          throw ProblemException.of(400, FORM);
        }
        read.parts().add(text.textValue());
      }
      case "image_url", "file" -> {
        if (read.files().size() >= media.maxItems()) {
          throw ProblemException.of(
              400, "Content must not have more than " + media.maxItems() + " files");
        }
        IncomingFile file = file(part, read.data());
        read.files().add(file);
        read.parts().add(file.placeholder());
      }
      default -> throw ProblemException.of(400, FORM);
    }
  }

  private IncomingFile file(JsonNode part, Map<String, byte[]> data) {
    JsonNode url = part.get("url");
    JsonNode bytes = part.get("data");
    JsonNode name = part.get("name");
    boolean hasUrl = url != null && url.isTextual();
    boolean hasData = bytes != null && bytes.isTextual();
    if (!hasUrl && !hasData) {
      throw ProblemException.of(400, FORM);
    }
    if (hasUrl == hasData || (name != null && !name.isNull() && !name.isTextual())) {
      throw ProblemException.of(400, "A file must have either url or data, and its name is a text");
    }
    Optional<String> fileName = Optional.ofNullable(name).map(JsonNode::textValue);
    if (hasUrl) {
      return callerFiles
          .at(url.textValue(), fileName)
          .orElseThrow(
              () ->
                  ProblemException.of(
                      400,
                      "The url of a file must be an https address of a host that "
                          + "switchboard.media.hosts allows"));
    }
    byte[] content = decoded(bytes.textValue());
    IncomingFile file = callerFiles.of(content, fileName);
    data.put(file.bytesId(), content);
    return file;
  }

  private static byte[] decoded(String base64) {
    if (base64.length() / 4L * 3 > LARGEST_DATA + 3L) {
      throw ProblemException.of(413, "The data of a file must not have more than 10 MiB");
    }
    byte[] content;
    try {
      content = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.of(400, "The data of a file must be base64");
    }
    if (content.length == 0) {
      throw ProblemException.of(400, "The data of a file must not be empty");
    }
    if (content.length > LARGEST_DATA) {
      throw ProblemException.of(413, "The data of a file must not have more than 10 MiB");
    }
    return content;
  }
}
