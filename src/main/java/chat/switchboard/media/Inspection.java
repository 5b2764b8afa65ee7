package chat.switchboard.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The facts of a fetched file. The inspection reads the file and removes the location in place; the
 * inspection blocks, and must run on a worker thread.
 *
 * @param isShown whether a page may show the file as a picture
 * @param doubt why the page shows only a link, in a sentence for people
 * @param width in pixels as shown, 0 if unknown or no picture
 * @param bytes the length after the inspection
 * @param sha256 of the file after the inspection, in hexadecimal
 */
record Inspection(
    ContentType type,
    boolean isShown,
    Optional<String> doubt,
    int width,
    int height,
    Cleaning.Location location,
    long bytes,
    String sha256) {

  private static final int PART = 64 * 1024;

  /** 100 million pixels: more would take a browser 400 MB. */
  private static final long MAX_PIXELS = 100_000_000;

  /**
   * Inspects a file.
   *
   * @param declaredType the type that the sender declares, without parameters
   * @param keepsLocation whether the location stays in the file
   */
  static Inspection of(Path path, Optional<String> declaredType, boolean keepsLocation)
      throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteSource source = ByteSource.of(file);
      ContentDetector.Detected detected = ContentDetector.detect(source);
      ContentType type = specific(detected.type(), declaredType);
      Cleaning cleaning = LocationCleaner.look(source, type);
      if (!keepsLocation) {
        apply(cleaning, file);
      }
      Optional<String> doubt =
          detected
              .doubt()
              .or(() -> mismatch(type, declaredType))
              .or(() -> broken(type, cleaning))
              .or(() -> tooLarge(cleaning));
      return new Inspection(
          type,
          type.isPicture() && doubt.isEmpty(),
          doubt,
          cleaning.shownWidth(),
          cleaning.shownHeight(),
          cleaning.location(),
          file.size(),
          hash(file));
    }
  }

  /** Text has no signature that tells its kinds apart. */
  private static ContentType specific(ContentType type, Optional<String> declared) {
    return type == ContentType.TEXT && declared.filter(ContentType.CSV::isDeclaredAs).isPresent()
        ? ContentType.CSV
        : type;
  }

  private static Optional<String> mismatch(ContentType type, Optional<String> declared) {
    return declared
        .filter(name -> !ContentType.OTHER.isDeclaredAs(name) && !type.isDeclaredAs(name))
        .map(name -> "The file is declared as " + name + " and its content is " + type.mediaType());
  }

  private static Optional<String> broken(ContentType type, Cleaning cleaning) {
    return type.isPicture() && cleaning.location() == Cleaning.Location.UNKNOWN
        ? Optional.of("The picture is damaged")
        : Optional.empty();
  }

  private static Optional<String> tooLarge(Cleaning cleaning) {
    return (long) cleaning.shownWidth() * cleaning.shownHeight() > MAX_PIXELS
        ? Optional.of("The picture has more than 100 million pixels")
        : Optional.empty();
  }

  private static void apply(Cleaning cleaning, FileChannel file) throws IOException {
    for (Cleaning.Patch patch : cleaning.patches()) {
      ByteBuffer bytes = ByteBuffer.wrap(patch.bytes());
      long at = patch.offset();
      while (bytes.hasRemaining()) {
        at += file.write(bytes, at);
      }
    }
    file.truncate(cleaning.length());
  }

  private static String hash(FileChannel file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has SHA-256", impossible);
    }
    ByteBuffer part = ByteBuffer.allocate(PART);
    for (long at = 0; at < file.size(); ) {
      part.clear();
      at += file.read(part, at);
      digest.update(part.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
