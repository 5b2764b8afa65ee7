package chat.switchboard.stream;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Sets the TCP user timeout, after which the kernel closes connections to clients that acknowledge
 * nothing: for a stream that only writes, a client whose network failed looks like a connected
 * client. Without the limit Linux retransmits for about 15 minutes. The option needs Netty's native
 * transport, which Quarkus uses where available.
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
