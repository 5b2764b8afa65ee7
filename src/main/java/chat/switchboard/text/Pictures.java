package chat.switchboard.text;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The pictures of a text: which there are, and which its words leave out. */
final class Pictures {

  private final Set<String> leftOut;
  private final Set<String> found = new LinkedHashSet<>();
  private int dropped;

  /**
   * @param leftOut the addresses of the pictures that the words leave out
   */
  Pictures(Set<String> leftOut) {
    this.leftOut = leftOut;
  }

  /** Notes a picture; whether the words leave the picture out. */
  boolean isDropped(String address) {
    found.add(address);
    boolean isDropped = leftOut.contains(address);
    dropped += isDropped ? 1 : 0;
    return isDropped;
  }

  /** The number of pictures that were left out so far. */
  int dropped() {
    return dropped;
  }

  boolean hasDropped() {
    return dropped > 0;
  }

  List<String> found() {
    return List.copyOf(found);
  }
}
