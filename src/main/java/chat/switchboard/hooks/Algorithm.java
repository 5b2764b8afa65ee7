package chat.switchboard.hooks;

/** The HMAC (RFC 2104) of a signature, by its hash function. */
enum Algorithm {
  SHA1("HmacSHA1", 20),
  SHA256("HmacSHA256", 32),
  SHA512("HmacSHA512", 64);

  private final String jcaName;
  private final int bytes;

  Algorithm(String jcaName, int bytes) {
    this.jcaName = jcaName;
    this.bytes = bytes;
  }

  /** The name in the Java Cryptography Architecture. */
  String jcaName() {
    return jcaName;
  }

  /** The length of a signature in bytes. */
  int bytes() {
    return bytes;
  }
}
