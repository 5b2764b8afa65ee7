package chat.switchboard.hooks;

import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the secrets of hooks and seals them for the database: AES-256 in GCM with a key that
 * follows from {@code switchboard.sealing-keys} or LibreChat's {@code JWT_SECRET}. A sealed secret
 * is bound to the name of its hook, so that it does not open in the document of another one.
 */
@Singleton
class HookSecrets {

  /** What AES-GCM (NIST SP 800-38D) requires: 96 bits that are never used twice, and a full tag. */
  private static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private static final int SECRET_BYTES = 32;

  private static final int SHORTEST_KEY = 32;

  /** The keys from the newest to the oldest; the first one seals. */
  private final List<byte[]> keys;

  private final SecureRandom random = new SecureRandom();

  @Inject
  HookSecrets(SealingConfig sealing, JwtSecretConfig jwt) {
    this(words(sealing, jwt));
  }

  private static List<String> words(SealingConfig sealing, JwtSecretConfig jwt) {
    if (sealing.sealingKeys().orElse(List.of()).stream()
        .anyMatch(key -> key.strip().length() < SHORTEST_KEY)) {
      throw new ConfigurationException(
          "switchboard.sealing-keys has a key of fewer than 32 characters, which could be guessed:"
              + " create a key with 'openssl rand -hex 32'.");
    }
    return Stream.concat(sealing.sealingKeys().orElse(List.of()).stream(), jwt.jwtSecret().stream())
        .map(String::strip)
        .filter(key -> !key.isEmpty())
        .toList();
  }

  /**
   * @param words what the keys follow from; the first one seals, all of them open
   */
  HookSecrets(List<String> words) {
    this.keys = words.stream().map(HookSecrets::key).toList();
  }

  private static byte[] key(String word) {
    return Digests.hmacSha256(
        ("switchboard hooks" + word).getBytes(StandardCharsets.UTF_8),
        "key".getBytes(StandardCharsets.UTF_8));
  }

  /** A new secret of 256 bits, in the form that the scheme wants. */
  String generate(String scheme) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return scheme.equals("standard")
        ? "whsec_" + Base64.getEncoder().encodeToString(secret)
        : HexFormat.of().formatHex(secret);
  }

  /** The secret, readable only with our key and for this hook. */
  String seal(String hook, String secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(keys.get(0), Cipher.ENCRYPT_MODE, nonce, hook)
              .doFinal(secret.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java platform has AES in GCM", impossible);
    }
  }

  /** A sealed secret; empty if it was sealed with another key, for another hook, or not at all. */
  Optional<String> open(String hook, String sealed) {
    return keys.stream().flatMap(key -> open(key, hook, sealed).stream()).findFirst();
  }

  /** Whether a secret opens with the first key, which seals new secrets. */
  boolean isNewest(String hook, String sealed) {
    return !keys.isEmpty() && open(keys.get(0), hook, sealed).isPresent();
  }

  private static Optional<String> open(byte[] key, String hook, String sealed) {
    try {
      byte[] bytes = Base64.getDecoder().decode(sealed);
      if (bytes.length <= NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      System.arraycopy(bytes, 0, nonce, 0, NONCE_BYTES);
      return Optional.of(
          new String(
              cipher(key, Cipher.DECRYPT_MODE, nonce, hook)
                  .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException otherKey) {
      return Optional.empty();
    }
  }

  private static Cipher cipher(byte[] key, int mode, byte[] nonce, String hook)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(hook.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
