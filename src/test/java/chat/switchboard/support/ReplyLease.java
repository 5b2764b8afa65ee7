package chat.switchboard.support;

import java.util.Date;
import org.bson.Document;

/**
 * The lease under which one conversation is answered, held by another replica: meanwhile this
 * replica asks LibreChat nothing for the conversation. A lease whose beat stands still is taken
 * over after {@code switchboard.inbox.lease}, 15 s.
 */
public final class ReplyLease {

  private ReplyLease() {}

  /** Does this while another replica holds the lease. */
  public static void held(LibreChat libreChat, String conversation, Runnable meanwhile) {
    String id = "reply:" + conversation;
    libreChat
        .collection("switchboard_leases")
        .insertOne(
            new Document("_id", id)
                .append("token", "theirs")
                .append("owner", "another")
                .append("beat", 0L)
                .append("takenAt", new Date()));
    try {
      meanwhile.run();
    } finally {
      libreChat.collection("switchboard_leases").deleteOne(new Document("_id", id));
    }
  }
}
