package chat.switchboard.outbound;

import chat.switchboard.ops.Digests;
import chat.switchboard.ops.JwtSecretConfig;
import jakarta.enterprise.context.ApplicationScoped;
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
 * Encrypts codes in the outbox, and hashes the numbers of removed people, so that a copy of the
 * database does not reveal them: the key is derived from LibreChat's secret, which is not in the
 * database.
 */
@ApplicationScoped
class Secrets {

  /** AES-GCM (NIST SP 800-38D) requires 96 bits that are never used twice, and a full tag. */
  private static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;

  private final JwtSecretConfig config;
  private final SecureRandom random = new SecureRandom();

  Secrets(JwtSecretConfig config) {
    this.config = config;
  }

  /** Returns the encrypted text, which only Switchboard's key decrypts. */
  String seal(String text) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java platform has AES in GCM", impossible);
    }
  }

  /** Returns the decrypted text; empty if the text was sealed under another secret. */
  Optional<String> open(String sealed) {
    byte[] bytes = Base64.getDecoder().decode(sealed);
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(bytes, 0, nonce, 0, NONCE_BYTES);
    try {
      return Optional.of(
          new String(
              cipher(Cipher.DECRYPT_MODE, nonce)
                  .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException otherKey) {
      return Optional.empty();
    }
  }

  /** Returns a keyed hash of these strings, which does not reveal them. */
  String hash(String... words) {
    return HexFormat.of().formatHex(mac("switchboard opt-outs", String.join("\u0000", words)));
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(mac("switchboard outbox", "key"), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private byte[] mac(String purpose, String words) {
    return Digests.hmacSha256(purpose + config.jwtSecret().orElse(""), words);
  }
}
