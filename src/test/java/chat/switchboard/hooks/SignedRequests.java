package chat.switchboard.hooks;

import chat.switchboard.hooks.Scheme.KeyForm;
import chat.switchboard.hooks.Scheme.SharedSecret;
import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Scheme.TokenForm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as the provider of a scheme would; written apart from the verifier. */
final class SignedRequests {

  static final String URL = "https://chat.example.com/api/hooks/test";

  private SignedRequests() {}

  /** A body with an ID, an event and, for Linear, a time. */
  static byte[] body(Instant time) {
    return bytes(
        "{\"id\":\"evt_1\",\"type\":\"thing.happened\",\"text\":\"caf\u00e9\",\"webhookTimestamp\":"
            + time.toEpochMilli()
            + "}");
  }

  static String secretFor(Scheme scheme) {
    return isStandard(scheme) ? "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==" : "secret of the tests";
  }

  static String otherSecretFor(Scheme scheme) {
    return isStandard(scheme) ? "whsec_YW5vdGhlci1zZWNyZXQtaGVyZQ==" : "another secret here";
  }

  private static boolean isStandard(Scheme scheme) {
    return scheme.proof() instanceof Signature signature
        && signature.keyForm() == KeyForm.STANDARD_WEBHOOKS;
  }

  /** The headers of a request that the provider signs. */
  static List<Map.Entry<String, String>> headers(
      Scheme scheme, String secret, byte[] body, Instant time) {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    headers.add(Map.entry("Content-Type", "application/json"));
    for (FieldSource id : scheme.ids()) {
      if (id instanceof FieldSource.Header header) {
        headers.add(Map.entry(header.name(), "delivery-1"));
        break;
      }
    }
    if (scheme.proof() instanceof SharedSecret shared) {
      headers.add(
          Map.entry(
              shared.headers().get(0),
              shared.form() == TokenForm.AUTHORIZATION ? "Bearer " + secret : secret));
      return headers;
    }
    Signature signature = (Signature) scheme.proof();
    String timestamp = String.valueOf(time.getEpochSecond());
    String before = "";
    if (scheme.time().isPresent()) {
      TimeSource source = scheme.time().get();
      timestamp = source.unit() == TimeSource.Unit.RFC_3339 ? time.toString() : timestamp;
      switch (source.place()) {
        case HEADER -> headers.add(Map.entry(source.names().get(0), timestamp));
        case SIGNATURE_ITEM -> before = "t=" + timestamp + ",";
        case BODY -> {}
      }
    }
    String[] parts = signature.signed().split("\\{body}", -1);
    byte[] start =
        bytes(
            parts[0]
                .replace("{timestamp}", timestamp)
                .replace("{id}", "delivery-1")
                .replace("{url}", URL));
    byte[] signed = new byte[start.length + body.length];
    System.arraycopy(start, 0, signed, 0, start.length);
    System.arraycopy(body, 0, signed, start.length, body.length);
    byte[] key =
        isStandard(scheme)
            ? Base64.getDecoder().decode(secret.substring("whsec_".length()))
            : bytes(secret);
    headers.add(
        Map.entry(
            signature.headers().get(0),
            before
                + signature.label()
                + signature.encoding().encode(hmac(signature.algorithm().jcaName(), key, signed))));
    return headers;
  }

  static byte[] hmac(String algorithm, byte[] key, byte[] signed) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(signed);
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
