package chat.switchboard.hooks;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The keys of Standard Webhooks (https://www.standardwebhooks.com): base64 secrets, and public keys
 * for Ed25519.
 */
final class StandardKeys {

  private static final String SECRET_PREFIX = "whsec_";

  /** What precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410). */
  private static final String KEY_INFO = "302a300506032b6570032100";

  private StandardKeys() {}

  /** The key of a Standard Webhooks secret, or empty if the secret is not base64. */
  static Optional<byte[]> secret(String secret) {
    String base64 =
        secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
    return Encoding.BASE64.decode(base64).filter(key -> key.length > 0);
  }

  /** The Ed25519 key of the base64 of its 32 bytes; empty if the text is no such key. */
  static Optional<PublicKey> publicKey(String base64) {
    Optional<byte[]> raw = Encoding.BASE64.decode(base64).filter(key -> key.length == 32);
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    byte[] info = HexFormat.of().parseHex(KEY_INFO + HexFormat.of().formatHex(raw.get()));
    try {
      return Optional.of(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info)));
    } catch (GeneralSecurityException noPointOfTheCurve) {
      return Optional.empty();
    }
  }

  /** Whether this is the Ed25519 signature (RFC 8032) of these bytes. */
  static boolean verifies(PublicKey key, byte[] signature, byte[] signed) {
    try {
      java.security.Signature check = java.security.Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException otherForm) {
      return false;
    }
  }
}
