import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Clients of event streams in one thread, lean enough for tens of thousands: each connects from one
 * of the addresses 127.0.0.2 to 127.0.0.9, remembers the last id and the retry time, and comes back
 * as an EventSource does when its stream ends. Once a second a line of JSON tells how many are open.
 *
 * <p>java -Xmx1g ReconnectingCrowd.java file-of-tokens connects-per-second port [port …]
 */
public final class ReconnectingCrowd {

  private static final int ADDRESSES = 8;
  private static final int TAIL = 512;

  private static final class Client {
    private final byte[] token;
    private final int number;
    private SocketChannel channel;
    private String lastId;
    private long retry = 3_000;
    private long dueAt;
    private boolean open;
    private int tries;

    /** What came of a line that is not complete yet. */
    private final StringBuilder rest = new StringBuilder(0);

    Client(int number, String token) {
      this.number = number;
      this.token = token.getBytes(StandardCharsets.US_ASCII);
    }
  }

  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
  private final PriorityQueue<Client> due =
      new PriorityQueue<>(Comparator.comparingLong(client -> client.dueAt));
  private final Map<String, Integer> statuses = new TreeMap<>();
  private final int[] ports;
  private int open;
  private int events;
  private int failures;

  private ReconnectingCrowd(int[] ports) throws IOException {
    this.ports = ports;
  }

  public static void main(String[] arguments) throws IOException {
    List<String> tokens = Files.readAllLines(Path.of(arguments[0]));
    double perSecond = Double.parseDouble(arguments[1]);
    int[] ports = new int[arguments.length - 2];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = Integer.parseInt(arguments[i + 2]);
    }
    ReconnectingCrowd crowd = new ReconnectingCrowd(ports);
    long now = System.currentTimeMillis();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Client client = new Client(i, tokens.get(i));
      client.dueAt = now + (long) (i * 1_000 / perSecond);
      clients.add(client);
    }
    crowd.due.addAll(clients);
    crowd.run(tokens.size());
  }

  private void run(int all) throws IOException {
    long told = System.currentTimeMillis();
    while (true) {
      long now = System.currentTimeMillis();
      while (!due.isEmpty() && due.peek().dueAt <= now) {
        connect(due.poll());
      }
      if (now - told >= 1_000) {
        told = now;
        System.out.printf(
            "{\"at\":%d,\"open\":%d,\"of\":%d,\"statuses\":\"%s\",\"events\":%d,\"failures\":%d}%n",
            now, open, all, statuses, events, failures);
        statuses.clear();
        failures = 0;
      }
      selector.select(this::ready, 20);
    }
  }

  private void connect(Client client) {
    try {
      client.channel = SocketChannel.open();
      client.channel.configureBlocking(false);
      client.channel.bind(new InetSocketAddress("127.0.0." + (2 + client.number % ADDRESSES), 0));
      client.channel.connect(
          new InetSocketAddress("127.0.0.1", ports[(client.number + client.tries++) % ports.length]));
      client.channel.register(selector, SelectionKey.OP_CONNECT, client);
    } catch (IOException refused) {
      ended(client, true);
    }
  }

  private void ready(SelectionKey key) {
    Client client = (Client) key.attachment();
    try {
      if (key.isConnectable() && client.channel.finishConnect()) {
        String place = client.lastId == null ? "" : "Last-Event-ID: " + client.lastId + "\r\n";
        client.channel.write(
            ByteBuffer.wrap(
                ("GET /api/messages/stream HTTP/1.1\r\nHost: x\r\n"
                        + place
                        + "Authorization: Bearer "
                        + new String(client.token, StandardCharsets.US_ASCII)
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
        key.interestOps(SelectionKey.OP_READ);
      } else if (key.isReadable()) {
        buffer.clear();
        if (client.channel.read(buffer) < 0) {
          ended(client, false);
          return;
        }
        buffer.flip();
        lines(client, StandardCharsets.UTF_8.decode(buffer).toString());
      }
    } catch (IOException broken) {
      ended(client, true);
    }
  }

  private void lines(Client client, String text) {
    client.rest.append(text);
    int begin = 0;
    for (int end = client.rest.indexOf("\n"); end >= 0; end = client.rest.indexOf("\n", begin)) {
      line(client, client.rest.substring(begin, end).strip());
      begin = end + 1;
    }
    client.rest.delete(0, begin);
    if (client.rest.length() > TAIL) {
      // The data of a long event, which nobody looks at.
      client.rest.setLength(TAIL);
    } else if (client.rest.length() == 0) {
      client.rest.trimToSize();
    }
  }

  private void line(Client client, String line) {
    if (line.startsWith("HTTP/1.1 ")) {
      statuses.merge(line.substring(9, 12), 1, Integer::sum);
    } else if (line.startsWith("id: ")) {
      client.lastId = line.substring(4);
    } else if (line.startsWith("retry: ")) {
      client.retry = Long.parseLong(line.substring(7));
    } else if (line.equals(": connected")) {
      client.open = true;
      open++;
    } else if (line.equals("event: newMessage")) {
      events++;
    } else if (line.equals("0")) {
      // The last chunk.
      ended(client, false);
    }
  }

  private void ended(Client client, boolean isFailure) {
    if (client.channel == null) {
      return;
    }
    try {
      client.channel.close();
    } catch (IOException alreadyClosed) {
      // nothing to do
    }
    client.channel = null;
    client.rest.setLength(0);
    failures += isFailure ? 1 : 0;
    open -= client.open ? 1 : 0;
    client.open = false;
    client.dueAt = System.currentTimeMillis() + client.retry;
    due.add(client);
  }
}
