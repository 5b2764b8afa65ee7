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
   * Compares with every key in constant time: the time reveals neither the position of the first
   * difference, nor the length of a key (both sides are hashes), nor which key matched.
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
