package chat.switchboard.stream;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Lets the kernel give up clients that answer no more: to a stream that only writes, a client whose
 * network went away looks like one that listens. Without the limit Linux goes on for a quarter of
 * an hour. It needs Netty's native transport, which Quarkus takes where it is there.
 */
@ApplicationScoped
class TcpUserTimeout implements HttpServerOptionsCustomizer {

  private final StreamConfig config;

  TcpUserTimeout(StreamConfig config) {
    this.config = config;
  }

  @Override
  public void customizeHttpServer(HttpServerOptions options) {
    limit(options);
  }

  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    limit(options);
  }

  private void limit(HttpServerOptions options) {
    options.setTcpKeepAlive(true).setTcpUserTimeout((int) config.tcpUserTimeout().toMillis());
  }
}
