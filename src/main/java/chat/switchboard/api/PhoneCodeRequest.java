package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a request for the code of a user's phone. */
@RegisterForReflection
@Schema(name = "NewPhoneCode")
record PhoneCodeRequest(
    @Schema(
            required = true,
            minLength = 1,
            maxLength = PhoneCodeRequest.LONGEST_USER,
            pattern = "\\S",
            description = "The LibreChat user: e-mail address or id",
            examples = "me@example.com")
        String user) {

  static final int LONGEST_USER = 254;

  PhoneCodeRequest {
    RequestFields.needed("user", user);
    if (user.codePointCount(0, user.length()) > LONGEST_USER) {
      throw ProblemException.of(
          400, "user must not be longer than " + LONGEST_USER + " characters");
    }
  }
}
