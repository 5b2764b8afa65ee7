package chat.switchboard.http;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;

/** Looks up the addresses of a host. */
public interface Resolver {

  /** All addresses; a failure if the host has none. */
  Uni<List<InetAddress>> resolve(String host);

  /** Whether a request may go to this address. */
  default boolean admits(InetAddress address) {
    return PublicAddresses.isPublic(address);
  }

  /** The resolver of the operating system, on a worker thread. */
  static Resolver system(Vertx vertx) {
    return host ->
        Uni.createFrom()
            .completionStage(
                () ->
                    vertx
                        .executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false)
                        .toCompletionStage());
  }
}
