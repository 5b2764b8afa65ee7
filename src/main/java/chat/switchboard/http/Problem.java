package chat.switchboard.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error as RFC 9457 (application/problem+json) wants it, with the extra member {@code error}:
 * one plain sentence for the reader.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"type", "title", "status", "error"})
@Schema(requiredProperties = {"type", "title", "status", "error"})
public record Problem(
    @Schema(examples = "about:blank") String type,
    @Schema(description = "The name of the HTTP status", examples = "Bad Request") String title,
    @Schema(description = "The HTTP status", examples = "400") int status,
    @Schema(
            description = "One sentence that says what is wrong",
            examples = "Role must be external")
        String error) {

  /** The media type of {@link Problem}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /**
   * @param status the HTTP status
   * @param error one plain sentence; never a secret, a token or a whole phone number
   */
  public static Problem of(int status, String error) {
    return new Problem(
        "about:blank", HttpResponseStatus.valueOf(status).reasonPhrase(), status, error);
  }
}
