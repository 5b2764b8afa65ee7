package chat.switchboard.api;

import chat.switchboard.ops.ApiKeysConfig;
import chat.switchboard.ops.Digests;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
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
            .map(Digests::sha256)
            .toList();
  }

  /**
   * Compares with every key, in a time that tells nothing: not where the first difference is, not
   * how long a key is (both sides are hashes), and not which of the keys it was.
   */
  boolean contain(String shown) {
    byte[] hash = Digests.sha256(shown);
    boolean known = false;
    for (byte[] key : hashes) {
      known |= MessageDigest.isEqual(key, hash);
    }
    return known;
  }
}
