package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.WriteStream;
import java.nio.charset.StandardCharsets;

/**
 * ClamAV's daemon, which takes a file by its command INSTREAM over TCP: each part of the file with
 * its length before it, an empty part at the end, then one line that ends with NUL.
 *
 * @see <a href="https://docs.clamav.net/manual/Usage/Scanning.html#clamd">clamd(8), INSTREAM</a>
 */
final class ClamdScanner implements VirusScanner {

  /** The port that clamd's own configuration names. */
  static final int DEFAULT_PORT = 3310;

  private static final String COMMAND = "zINSTREAM\0";

  /** The name of a signature has some 100 characters. */
  private static final int LONGEST_ANSWER = 1_024;

  private final NetClient client;
  private final String host;
  private final int port;

  /**
   * @param client with a limit for the time of a connection
   */
  ClamdScanner(NetClient client, String host, int port) {
    this.client = client;
    this.host = host;
    this.port = port;
  }

  @Override
  public Uni<Verdict> ask(AsyncFile file, long length) {
    return Uni.createFrom()
        .emitter(
            emitter ->
                client
                    .connect(port, host)
                    .onFailure(emitter::fail)
                    .onSuccess(socket -> new Exchange(socket, emitter).begin(file)));
  }

  private static final class Exchange {

    private final NetSocket socket;
    private final UniEmitter<? super Verdict> emitter;
    private final Buffer answer = Buffer.buffer();

    /** Only an answer to the whole file counts as clean. Set when the last byte has left. */
    private volatile boolean isWhole;

    Exchange(NetSocket socket, UniEmitter<? super Verdict> emitter) {
      this.socket = socket;
      this.emitter = emitter;
    }

    void begin(AsyncFile file) {
      // Also when the time is over.
      emitter.onTermination(socket::close);
      socket.handler(this::read);
      socket.exceptionHandler(broken -> emitter.complete(Verdict.UNKNOWN));
      socket.closeHandler(closed -> emitter.complete(Verdict.UNKNOWN));
      socket.write(COMMAND);
      file.pipe()
          .endOnComplete(false)
          .to(new Parts(socket))
          .onFailure(emitter::fail)
          .onSuccess(sent -> end());
    }

    private void end() {
      // Runs on the event loop of the socket, and so before the handler of an answer.
      socket
          .write(Buffer.buffer().appendInt(0))
          .onFailure(emitter::fail)
          .onSuccess(sent -> isWhole = true);
    }

    private void read(Buffer part) {
      answer.appendBuffer(part, 0, Math.min(part.length(), LONGEST_ANSWER + 1 - answer.length()));
      String read = answer.toString(StandardCharsets.ISO_8859_1);
      int end = read.indexOf('\0');
      if (end >= 0) {
        emitter.complete(verdict(read.substring(0, end)));
      } else if (read.length() > LONGEST_ANSWER) {
        emitter.complete(Verdict.UNKNOWN);
      }
    }

    /** clamd answers {@code stream: OK}, {@code stream: <name> FOUND} or {@code … ERROR}. */
    private Verdict verdict(String line) {
      if (line.startsWith("stream: ") && line.endsWith(" FOUND")) {
        return Verdict.REFUSED;
      }
      return line.equals("stream: OK") && isWhole ? Verdict.CLEAN : Verdict.UNKNOWN;
    }
  }

  /** Writes the length of each part before the part. */
  private record Parts(NetSocket socket) implements WriteStream<Buffer> {

    @Override
    public Future<Void> write(Buffer part) {
      return part.length() == 0
          ? Future.succeededFuture()
          : socket.write(
              Buffer.buffer(4 + part.length()).appendInt(part.length()).appendBuffer(part));
    }

    @Override
    public void write(Buffer part, Handler<AsyncResult<Void>> handler) {
      write(part).onComplete(handler);
    }

    @Override
    public void end(Handler<AsyncResult<Void>> handler) {
      handler.handle(Future.succeededFuture());
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      // The exchange has its own.
      return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      socket.setWriteQueueMaxSize(maxSize);
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return socket.writeQueueFull();
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
      socket.drainHandler(handler);
      return this;
    }
  }
}
