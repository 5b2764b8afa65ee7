package chat.switchboard.media;

import java.util.ArrayList;
import java.util.List;

/**
 * What a walk through a picture or film found, and what has to change in the file so that no
 * location is left in it: bytes that are overwritten, and a length to which the file is cut. No
 * byte moves, so that a file of any size is cleaned in little memory.
 */
final class Cleaning {

  /** 1 MiB: metadata of phones have some 60 KiB; larger metadata are refused. */
  static final int MAX_METADATA = 1024 * 1024;

  /** New bytes at a position. */
  record Patch(long offset, byte[] bytes) {}

  /** What is known of a location in the file. */
  enum Location {
    /** The file had none. */
    NONE,
    /** The file had one, which the patches remove. */
    REMOVED,
    /** Switchboard cannot tell, or cannot remove the location. */
    UNKNOWN
  }

  private final List<Patch> patches = new ArrayList<>();
  private long length;
  private Location location = Location.NONE;
  private int width;
  private int height;
  private int orientation = 1;

  Cleaning(long length) {
    this.length = length;
  }

  /** A file whose structure Switchboard cannot follow. */
  static Cleaning unknown(long length) {
    Cleaning cleaning = new Cleaning(length);
    cleaning.location = Location.UNKNOWN;
    return cleaning;
  }

  void overwrite(long offset, byte[] bytes) {
    patches.add(new Patch(offset, bytes));
    location = Location.REMOVED;
  }

  /** What comes behind the picture is no part of it: a second file, a film, a script. */
  void cutAt(long end) {
    length = Math.min(length, end);
  }

  void size(long width, long height) {
    if (width > 0 && height > 0 && width <= Integer.MAX_VALUE && height <= Integer.MAX_VALUE) {
      this.width = (int) width;
      this.height = (int) height;
    }
  }

  void orientation(int orientation) {
    this.orientation = orientation;
  }

  List<Patch> patches() {
    return List.copyOf(patches);
  }

  long length() {
    return length;
  }

  Location location() {
    return location;
  }

  /** Pixels as the picture is shown, after its orientation; 0 if unknown. */
  int shownWidth() {
    return orientation >= 5 ? height : width;
  }

  /** Pixels as the picture is shown, after its orientation; 0 if unknown. */
  int shownHeight() {
    return orientation >= 5 ? width : height;
  }
}
