package chat.switchboard.hooks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the secrets of hooks and seals them for the database: AES-256 in GCM with a key that
 * follows from LibreChat's {@code JWT_SECRET}, as the outbox seals codes. A sealed secret is bound
 * to the name of its hook, so that it does not open in the document of another one.
 */
final class HookSecrets {

  /** What AES-GCM (NIST SP 800-38D) requires: 96 bits that are never used twice, and a full tag. */
  private static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private static final int SECRET_BYTES = 32;

  private final byte[] key;
  private final SecureRandom random = new SecureRandom();

  /**
   * Seals with a key that follows from a secret.
   *
   * @param jwtSecret LibreChat's {@code JWT_SECRET}
   */
  HookSecrets(String jwtSecret) {
    this.key =
        WebhookVerifier.mac(
            Algorithm.SHA256,
            ("switchboard hooks" + jwtSecret).getBytes(StandardCharsets.UTF_8),
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
          cipher(Cipher.ENCRYPT_MODE, nonce, hook).doFinal(secret.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java platform has AES in GCM", impossible);
    }
  }

  /** A sealed secret; empty if it was sealed with another key, for another hook, or not at all. */
  Optional<String> open(String hook, String sealed) {
    try {
      byte[] bytes = Base64.getDecoder().decode(sealed);
      if (bytes.length <= NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      System.arraycopy(bytes, 0, nonce, 0, NONCE_BYTES);
      return Optional.of(
          new String(
              cipher(Cipher.DECRYPT_MODE, nonce, hook)
                  .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException otherKey) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String hook) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(hook.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
