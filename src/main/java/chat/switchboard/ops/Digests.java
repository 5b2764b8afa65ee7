package chat.switchboard.ops;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The JDK's SHA-256 and HMAC, without checked exceptions. Every Java platform has SHA-256 and both
 * HMACs (the class comments of {@link MessageDigest} and {@link Mac}). A text counts as its UTF-8
 * bytes.
 */
public final class Digests {

  private Digests() {}

  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** In lower-case hexadecimal digits. */
  public static String sha256Hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256(bytes));
  }

  /** In lower-case hexadecimal digits. */
  public static String sha256Hex(String text) {
    return HexFormat.of().formatHex(sha256(text));
  }

  /**
   * HMAC-SHA-256 (RFC 2104).
   *
   * @param secret not empty
   */
  public static byte[] hmacSha256(String secret, String text) {
    return hmac("HmacSHA256", bytes(secret), bytes(text));
  }

  /**
   * HMAC-SHA-256 (RFC 2104).
   *
   * @param secret not empty
   */
  public static byte[] hmacSha256(byte[] secret, byte[] bytes) {
    return hmac("HmacSHA256", secret, bytes);
  }

  /**
   * HMAC-SHA-1 (RFC 2104), which Twilio signs with.
   *
   * @param secret not empty
   */
  public static byte[] hmacSha1(byte[] secret, byte[] bytes) {
    return hmac("HmacSHA1", secret, bytes);
  }

  /**
   * HMAC (RFC 2104).
   *
   * @param algorithm the JDK's name, such as {@code HmacSHA512}
   * @param secret not empty
   */
  public static byte[] hmac(String algorithm, byte[] secret, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret, algorithm));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Compares two texts in a time that depends neither on their content nor on their length. */
  public static boolean isEqual(String one, String other) {
    return MessageDigest.isEqual(sha256(one), sha256(other));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
