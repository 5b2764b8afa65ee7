package chat.switchboard.librechat;

import com.fasterxml.uuid.Generators;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.bson.types.ObjectId;

/**
 * Ids that are computed from the thing that they name, so that a repeated step, in this or another
 * process, stores the same document and not a second document.
 */
public final class DeterministicIds {

  /** The namespace of all ids of Switchboard (RFC 9562, version 5). */
  private static final UUID SWITCHBOARD = UUID.fromString("5f0c4b3e-7d1a-4c55-9a3b-2f6d1c8e7b90");

  private DeterministicIds() {}

  /** Returns the name-based UUID (version 5) of these strings. */
  public static UUID uuid(String... words) {
    // A separator that no id, key or number contains, so that ("a","bc") is not ("ab","c").
    return Generators.nameBasedGenerator(SWITCHBOARD).generate(String.join("\u0000", words));
  }

  /**
   * Returns an {@code _id} that is computed from a name-based UUID. Every collection has a unique
   * index on {@code _id}, also LibreChat's collections, in which Switchboard creates no indexes.
   */
  public static ObjectId objectId(UUID uuid) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    byte[] id = new byte[12];
    System.arraycopy(bytes, 0, id, 0, 6);
    System.arraycopy(bytes, 10, id, 6, 6);
    return new ObjectId(id);
  }
}
