package chat.switchboard.support;

import com.mongodb.ConnectionString;
import com.mongodb.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A cable between the service and its database that can be pulled and put back. */
public final class Relay implements AutoCloseable {

  /**
   * Passes on the bytes between the two ends of a connection, until one end closes the connection.
   */
  interface Link {
    void run(Socket from, Socket to) throws IOException;
  }

  private final ServerAddress target;
  private final Link link;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;

  /** A relay that passes each byte on to the server of this connection string. */
  public Relay(ConnectionString target) throws IOException {
    this(target, Relay::copyBothWays);
  }

  Relay(ConnectionString target, Link link) throws IOException {
    this.target = new ServerAddress(target.getHosts().get(0));
    this.link = link;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.port = listener.getLocalPort();
    serve(listener);
  }

  public int port() {
    return port;
  }

  /** Breaks every connection and refuses new connections. */
  public void pull() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  public void putBack() throws IOException {
    ServerSocket again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    listener = again;
    serve(again);
  }

  private void serve(ServerSocket server) {
    start(
        () -> {
          while (true) {
            Socket from = server.accept();
            sockets.add(from);
            start(() -> connect(from));
          }
        });
  }

  private void connect(Socket from) throws IOException {
    try (from;
        Socket to = new Socket(target.getHost(), target.getPort())) {
      sockets.add(to);
      try {
        link.run(from, to);
      } finally {
        sockets.remove(to);
      }
    } finally {
      sockets.remove(from);
    }
  }

  private static void copyBothWays(Socket from, Socket to) throws IOException {
    start(() -> copy(to, from));
    copy(from, to);
  }

  /** Copies in one direction; the end of one direction ends the other. */
  private static void copy(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException broken) {
                // A cable that is pulled breaks what runs through it.
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    pull();
  }
}
