package chat.switchboard.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which headers of a delivery are kept and shown: none that is a secret or could be one. */
final class KeptHeaders {

  private static final int MOST = 50;

  private static final int LONGEST = 500;

  /** A part of a name that tells of a credential or a signature made with one. */
  private static final List<String> SECRET_PARTS =
      List.of(
          "authorization",
          "cookie",
          "token",
          "secret",
          "signature",
          "password",
          "api-key",
          "apikey",
          "credential",
          "hmac",
          "x-sig",
          "auth",
          "session",
          "jwt",
          "access-key",
          "client-cert",
          "-key");

  private KeptHeaders() {}

  /** Whether a header of this name may hold a secret. */
  static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !lower.equals("idempotency-key") && SECRET_PARTS.stream().anyMatch(lower::contains);
  }

  /** The headers to keep, each with its first value, at most 50 of at most 500 characters. */
  static Map<String, String> of(WebhookRequest request, Scheme scheme) {
    List<String> proof = new ArrayList<>(scheme.proof().headers());
    Map<String, String> kept = new TreeMap<>();
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (kept.size() < MOST
                  && !values.isEmpty()
                  && !isSecret(name)
                  && !proof.contains(name)) {
                kept.put(
                    // A name in a document of MongoDB has neither of these.
                    name.replace('.', '_').replace('$', '_'),
                    HookMarkdown.cut(HookMarkdown.oneLine(values.get(0)), LONGEST));
              }
            });
    return kept;
  }
}
