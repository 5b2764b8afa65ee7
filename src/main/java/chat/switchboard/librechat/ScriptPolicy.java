package chat.switchboard.librechat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of a page's Content-Security-Policy for scripts, as far as {@code live.js} is concerned
 * (CSP Level 3: with {@code 'strict-dynamic'} a browser ignores {@code 'self'} and every host).
 *
 * @param sources the sources of {@code script-src}, or of {@code default-src} without it; empty if
 *     scripts are not restricted
 */
record ScriptPolicy(List<String> sources) {

  private static final Pattern NONCE = Pattern.compile("'nonce-([A-Za-z0-9+/_=-]+)'");

  /**
   * Parses the value of the header {@code Content-Security-Policy}.
   *
   * @param header null if the page has no such header
   */
  static ScriptPolicy of(String header) {
    return new ScriptPolicy(
        directive(header, "script-src-elem")
            .or(() -> directive(header, "script-src"))
            .or(() -> directive(header, "default-src"))
            .orElse(List.of()));
  }

  private static Optional<List<String>> directive(String header, String name) {
    return header == null
        ? Optional.empty()
        : Arrays.stream(header.split(";"))
            .map(directive -> List.of(directive.strip().split("\\s+")))
            .filter(words -> words.get(0).toLowerCase(Locale.ROOT).equals(name))
            .findFirst()
            .map(words -> words.subList(1, words.size()));
  }

  /**
   * Whether a browser runs a script of the page's own host.
   *
   * @param nonce the script's attribute {@code nonce}; null without one
   */
  boolean allowsOwnScript(String nonce) {
    if (sources.isEmpty() || nonces().anyMatch(allowed -> allowed.equals(nonce))) {
      return true;
    }
    return !sources.contains("'strict-dynamic'")
        && (sources.contains("'self'") || sources.contains("*") || sources.contains("https:"));
  }

  private java.util.stream.Stream<String> nonces() {
    return sources.stream()
        .map(NONCE::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1));
  }
}
