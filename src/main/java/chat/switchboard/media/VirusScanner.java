package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import io.vertx.core.file.AsyncFile;

/** A program that finds malware in files. */
interface VirusScanner {

  /** The scanner's answer. */
  enum Verdict {
    CLEAN,
    REFUSED,
    /** The scanner gave no answer that can be read. */
    UNKNOWN
  }

  /**
   * Gives the file to the scanner.
   *
   * @param file read from its start to its end; closed by the caller
   * @param length of the file, in bytes
   * @return a failure counts as {@link Verdict#UNKNOWN}
   */
  Uni<Verdict> ask(AsyncFile file, long length);
}
