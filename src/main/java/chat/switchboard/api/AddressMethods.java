package chat.switchboard.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses and their methods. An address may have parameters ({@code :id}), and may end with
 * {@code /*}. One look-up is faster than a route of the router for each address: the router tries
 * all its routes for each request.
 */
final class AddressMethods {

  private static final String REST = "/*";

  private record Pattern(String[] segments, List<String> methods) {
    boolean matches(String[] path) {
      if (path.length != segments.length) {
        return false;
      }
      for (int i = 0; i < path.length; i++) {
        boolean matches =
            segments[i].startsWith(":") ? !path[i].isEmpty() : segments[i].equals(path[i]);
        if (!matches) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<String, List<String>> exact = new HashMap<>();
  private final List<Pattern> patterns = new ArrayList<>();
  private final Map<String, List<String>> below = new HashMap<>();

  /**
   * Adds an address. An address without parameters has precedence; of addresses with parameters,
   * the address that was added first.
   */
  void add(String address, List<String> methods) {
    if (address.endsWith(REST)) {
      below.put(address.substring(0, address.length() - REST.length()), methods);
    } else if (address.contains(":")) {
      patterns.add(new Pattern(segments(address), methods));
    } else {
      exact.put(withoutLastSlash(address), methods);
    }
  }

  /**
   * Returns the methods of the address that the path names; empty for an unknown path.
   *
   * @param path a last slash is ignored
   */
  Optional<List<String>> of(String path) {
    String address = withoutLastSlash(path);
    List<String> methods = exact.get(address);
    return methods != null ? Optional.of(methods) : byPattern(address);
  }

  private Optional<List<String>> byPattern(String address) {
    String[] segments = segments(address);
    return patterns.stream()
        .filter(pattern -> pattern.matches(segments))
        .map(Pattern::methods)
        .findFirst()
        .or(
            () ->
                below.entrySet().stream()
                    .filter(one -> (address + "/").startsWith(one.getKey() + "/"))
                    .map(Map.Entry::getValue)
                    .findFirst());
  }

  private static String[] segments(String address) {
    return address.split("/", -1);
  }

  private static String withoutLastSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
