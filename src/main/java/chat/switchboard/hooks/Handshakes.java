package chat.switchboard.hooks;

import chat.switchboard.hooks.Verification.HandshakeAnswer;
import chat.switchboard.hooks.Verification.Refused;
import chat.switchboard.ops.Digests;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Answers the checks by which providers make sure that an endpoint belongs to their customer. */
final class Handshakes {

  private static final int LONGEST_CHALLENGE = 1024;

  private static final Pattern META_CHALLENGE = Pattern.compile("[A-Za-z0-9._-]{1,256}");

  private Handshakes() {}

  /**
   * Answers Meta's check of an endpoint, a GET request.
   *
   * @param tokens every token that may be registered at the provider as {@code hub.verify_token}
   */
  static Verification subscription(
      Scheme scheme, List<String> tokens, String mode, String token, String challenge) {
    if (scheme.handshake() != Handshake.META_SUBSCRIPTION) {
      return new Refused("The scheme has no check by GET");
    }
    if (!"subscribe".equals(mode) || token == null || challenge == null) {
      return new Refused("The check of the endpoint lacks a parameter");
    }
    boolean known = false;
    for (String one : tokens) {
      known |= !one.isBlank() && Digests.isEqual(one, token);
    }
    if (!known) {
      return new Refused("The verify token is wrong");
    }
    return META_CHALLENGE.matcher(challenge).matches()
        ? new HandshakeAnswer("text/plain;charset=UTF-8", challenge)
        : new Refused("The challenge is not one of Meta's");
  }

  /** The token to register at Meta: follows from the secret, but does not give it away. */
  static String subscriptionToken(String hook, String secret) {
    byte[] key = ("switchboard hook " + hook + "\u0000" + secret).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of()
        .formatHex(Digests.hmacSha256(key, "verify token".getBytes(StandardCharsets.UTF_8)), 0, 16);
  }

  /** Answers Slack's check of an endpoint. */
  static Verification slackChallenge(Payload payload) {
    return payload
        .scalar("/challenge")
        .filter(text -> text.length() <= LONGEST_CHALLENGE)
        .<Verification>map(text -> json("challenge", text))
        .orElseGet(() -> new Refused("The check of the endpoint has no challenge"));
  }

  /**
   * The answer is a hash with the secret of a text that the request chooses, so only a signed
   * request gets one, and none for a text that has the form of what Zoom signs.
   */
  static Verification zoomValidation(List<String> secrets, Payload payload) {
    Optional<String> token =
        payload
            .scalar("/payload/plainToken")
            .filter(text -> text.length() <= LONGEST_CHALLENGE && !text.startsWith("v0:"));
    if (token.isEmpty()) {
      return new Refused("The check of the endpoint has no token");
    }
    String hash = Encoding.HEX.encode(Digests.hmacSha256(secrets.get(0), token.get()));
    return json("plainToken", token.get(), "encryptedToken", hash);
  }

  private static HandshakeAnswer json(String... namesAndValues) {
    var object = JsonNodeFactory.instance.objectNode();
    for (int at = 0; at < namesAndValues.length; at += 2) {
      object.put(namesAndValues[at], namesAndValues[at + 1]);
    }
    return new HandshakeAnswer("application/json", object.toString());
  }
}
