package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The common fields of the bodies of both injections; see {@link MessageReader}. */
interface MessageRequest {

  String ROLE = "external";
  String ROLE_DESCRIPTION = "Always 'external'";
  String CONTENT_DESCRIPTION =
      "The text: a string, a list of parts, or one part. A part may also be a picture or file: type "
          + "image_url or file, with url (https, of a host that switchboard.media.hosts allows) or "
          + "data (base64, up to 10 MiB), and name";
  String CONTENT_EXAMPLE = "Can we meet later?";
  String TRUSTED_DESCRIPTION =
      "Whether you vouch for the content. By default the content counts as a stranger's: Markdown "
          + "images, links with a label and directives are escaped, so that LibreChat's page shows "
          + "their source and loads nothing.";

  /** The text, in one of three forms; null if the field is missing. */
  JsonNode content();

  Optional<String> sender();

  /** Null if the field is missing. */
  JsonNode metadata();

  Optional<Boolean> reply();

  boolean trusted();

  static void requireRole(Object role) {
    if (!ROLE.equals(role)) {
      throw ProblemException.of(400, "Role must be external");
    }
  }
}
