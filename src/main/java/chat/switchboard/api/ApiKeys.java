package chat.switchboard.api;

import chat.switchboard.ops.ApiKeysConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The configured API keys. */
@ApplicationScoped
class ApiKeys {

  private final List<byte[]> hashes;

  ApiKeys(ApiKeysConfig config) {
    this.hashes =
        config.apiKeys().orElse(List.of()).stream()
            .map(String::strip)
            .filter(key -> !key.isEmpty())
            .map(ApiKeys::hash)
            .toList();
  }

  /**
   * Compares with every key, in a time that tells nothing: not where the first difference is, not
   * how long a key is (both sides are hashes), and not which of the keys it was.
   */
  boolean contain(String shown) {
    byte[] hash = hash(shown);
    boolean known = false;
    for (byte[] key : hashes) {
      known |= MessageDigest.isEqual(key, hash);
    }
    return known;
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
  }
}
