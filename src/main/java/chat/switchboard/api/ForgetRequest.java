package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a request to forget a person. */
@RegisterForReflection
@Schema(name = "ForgetPerson")
record ForgetRequest(
    @Schema(
            required = true,
            format = "phone-number",
            minLength = 1,
            description = "The person's phone number, or the name that Twilio gives to a sender",
            examples = "+15551234567")
        String phoneNumber) {

  ForgetRequest {
    RequestFields.needed("phoneNumber", phoneNumber);
  }
}
