package chat.switchboard.twilio;

import chat.switchboard.address.Mask;
import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Compares the webhook URL that is entered at Twilio for each number with this service's webhook.
 */
@ApplicationScoped
class NumbersCheck implements Check {

  private final PublicUrl publicUrl;
  private final TwilioApi twilio;

  NumbersCheck(PublicUrl publicUrl, TwilioApi twilio) {
    this.publicUrl = publicUrl;
    this.twilio = twilio;
  }

  @Override
  public Area area() {
    return Area.TWILIO;
  }

  @Override
  public String name() {
    return "Numbers' webhook";
  }

  @Override
  public Uni<Finding> look() {
    Optional<String> ours = publicUrl.webhook();
    if (ours.isEmpty()) {
      return Uni.createFrom()
          .item(
              Finding.warn(
                  "The webhook URLs cannot be compared: SWITCHBOARD_PUBLIC_URL is not set.",
                  "Set SWITCHBOARD_PUBLIC_URL."));
    }
    return twilio
        .get("IncomingPhoneNumbers.json?PageSize=100")
        .map(
            asked ->
                asked
                    .map(answer -> of(answer, ours.get()))
                    .onFailure()
                    .recoverWithItem(
                        failure ->
                            Finding.warn(
                                "Twilio's API cannot be reached: " + failure.getMessage(),
                                "Let this service call api.twilio.com over https, or set"
                                    + " SWITCHBOARD_TWILIO_API_URL.")))
        .orElseGet(
            () ->
                Uni.createFrom()
                    .item(
                        Finding.warn(
                            "The webhook URLs cannot be compared: the Twilio account is not set.",
                            "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")));
  }

  static Finding of(Answer answer, String ours) {
    if (answer.status() == 401 || answer.status() == 403) {
      return Finding.fail(
          "Twilio refuses Switchboard's credentials.",
          "Compare TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or with TWILIO_API_KEY and "
              + "TWILIO_API_SECRET: they must belong to one account.");
    }
    if (answer.status() != 200) {
      return Finding.warn(
          "Twilio responds with status " + answer.status() + ".", "Try again in a moment.");
    }
    List<JsonObject> numbers;
    try {
      numbers =
          new JsonObject(answer.body())
              .getJsonArray("incoming_phone_numbers", new JsonArray()).stream()
                  .map(JsonObject.class::cast)
                  .toList();
    } catch (DecodeException | ClassCastException other) {
      return Finding.warn(
          "The server at SWITCHBOARD_TWILIO_API_URL is not Twilio's API.",
          "Correct SWITCHBOARD_TWILIO_API_URL.");
    }
    String enter = "At Twilio, set 'A message comes in' of the number to " + ours + ", POST.";
    if (numbers.isEmpty()) {
      return Finding.warn("The account has no phone number.", "Buy one at Twilio. " + enter);
    }
    List<String> elsewhere =
        numbers.stream()
            .filter(number -> !pointsTo(number, ours))
            .map(number -> Mask.phone(number.getString("phone_number", "?")))
            .toList();
    if (elsewhere.isEmpty()) {
      return Finding.ok(
          numbers.size() == 1
              ? "The number calls this service."
              : "All " + numbers.size() + " numbers call this service.");
    }
    String says = String.join(", ", elsewhere) + " do not call " + ours + ".";
    return elsewhere.size() == numbers.size()
        ? Finding.fail(says, enter + " (A messaging service may do it for the number instead.)")
        : Finding.warn(says, "If these numbers belong to this service: " + enter);
  }

  private static boolean pointsTo(JsonObject number, String ours) {
    return ours.equals(number.getString("sms_url"))
        && "POST".equalsIgnoreCase(number.getString("sms_method", "POST"));
  }
}
