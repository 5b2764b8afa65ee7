package chat.switchboard.media;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the parts of one file into chunks of {@link MediaBytes#CHUNK} bytes; only the last is
 * shorter.
 */
final class ChunkBuffer {

  private final ByteBuffer chunk = ByteBuffer.allocate(MediaBytes.CHUNK);

  /**
   * @return the chunks that this part fills
   */
  List<byte[]> add(ByteBuffer part) {
    List<byte[]> full = new ArrayList<>();
    ByteBuffer bytes = part.duplicate();
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), chunk.remaining());
      chunk.put(chunk.position(), bytes, bytes.position(), length);
      chunk.position(chunk.position() + length);
      bytes.position(bytes.position() + length);
      if (!chunk.hasRemaining()) {
        full.add(content());
      }
    }
    return full;
  }

  /**
   * @return the last chunk; empty if the file ends with a full chunk
   */
  List<byte[]> rest() {
    return chunk.position() == 0 ? List.of() : List.of(content());
  }

  private byte[] content() {
    byte[] bytes = new byte[chunk.position()];
    chunk.flip().get(bytes);
    chunk.clear();
    return bytes;
  }
}
