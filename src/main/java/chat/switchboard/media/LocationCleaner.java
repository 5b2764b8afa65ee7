package chat.switchboard.media;

import chat.switchboard.media.ByteSource.Malformed;

/**
 * Finds the locations in pictures and films, and the size of pictures. There is no library for this
 * here: Apache Commons Imaging (1.0.0-alpha6, 863 KB) rewrites EXIF in JPEG alone and holds the
 * whole file in memory; metadata-extractor reads only.
 */
final class LocationCleaner {

  private LocationCleaner() {}

  /** Walks through the file; a broken structure gives {@link Cleaning.Location#UNKNOWN}. */
  static Cleaning look(ByteSource file, ContentType type) {
    try {
      return switch (type) {
        case JPEG -> JpegWalk.walk(file);
        case PNG -> PngWalk.walk(file);
        case GIF -> GifWalk.walk(file);
        case WEBP -> WebpWalk.walk(file);
        case BMP -> bmp(file);
        case HEIC, AVIF -> IsoMediaWalk.picture(file);
        case MP4, QUICKTIME, THREEGPP, M4A -> IsoMediaWalk.film(file);
        case TIFF -> Cleaning.unknown(file.size());
        default -> new Cleaning(file.size());
      };
    } catch (Malformed malformed) {
      return Cleaning.unknown(file.size());
    }
  }

  /** BMP has no metadata. */
  private static Cleaning bmp(ByteSource file) {
    Cleaning cleaning = new Cleaning(file.size());
    if (file.u32le(14) == 12) {
      cleaning.size(file.u16le(18), file.u16le(20));
    } else {
      cleaning.size(file.u32le(18), Math.abs((int) file.u32le(22)));
    }
    return cleaning;
  }
}
