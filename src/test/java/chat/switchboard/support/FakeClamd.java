package chat.switchboard.support;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * ClamAV's daemon as its manual and its source describe INSTREAM, as strict as the daemon: parts
 * above its limit, an unknown command or a length that does not fit end the connection.
 */
public final class FakeClamd implements AutoCloseable {

  private static final String COMMAND = "zINSTREAM\0";

  /** How the next files are answered. */
  public enum Mood {
    OK,
    FOUND,
    /** The answer to a file above StreamMaxLength, which comes before the end of the file. */
    TOO_LARGE,
    ERROR,
    CLOSES_AT_ONCE,
    /** After the first part. */
    CLOSES_EARLY,
    /** Reads the file, and gives no answer. */
    SILENT,
    /** Reads nothing. */
    DOES_NOT_READ,
    /** A byte at a time, without an end. */
    TRICKLES,
    /** Another protocol. */
    GARBAGE,
    /** An answer without an end. */
    ENDLESS,
    /** Says that the file is clean, and reads nothing. */
    OK_EARLY,
    /** Says so without the end of the line, and closes. */
    CUT,
    /** The answer in two packets. */
    IN_TWO,
    /** A name that holds the word for clean. */
    FOUND_OK
  }

  private final Vertx vertx;
  private final NetServer server;
  private final List<byte[]> files = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  public volatile Mood mood = Mood.OK;

  private FakeClamd(Vertx vertx) {
    this.vertx = vertx;
    this.server =
        vertx
            .createNetServer(new NetServerOptions().setReceiveBufferSize(64 * 1024))
            .connectHandler(this::accept);
    try {
      server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static FakeClamd start(Vertx vertx) {
    return new FakeClamd(vertx);
  }

  public int port() {
    return server.actualPort();
  }

  /** The files that came whole. */
  public List<byte[]> files() {
    return files;
  }

  /** Where a client broke the protocol. */
  public List<String> faults() {
    return faults;
  }

  private void accept(NetSocket socket) {
    socket.exceptionHandler(broken -> {});
    switch (mood) {
      case CLOSES_AT_ONCE -> socket.close();
      case DOES_NOT_READ -> socket.pause();
      case OK_EARLY -> {
        socket.pause();
        socket.write("stream: OK\0");
      }
      case GARBAGE -> socket.write("SSH-2.0-OpenSSH_9\r\n\0");
      case ENDLESS -> pour(socket);
      case TRICKLES -> {
        long timer = vertx.setPeriodic(20, tick -> socket.write("s"));
        socket.closeHandler(closed -> vertx.cancelTimer(timer));
      }
      default -> socket.handler(new Session(socket)::take);
    }
  }

  private static void pour(NetSocket socket) {
    while (!socket.writeQueueFull()) {
      socket.write("stream: x".repeat(100));
    }
    socket.drainHandler(drained -> pour(socket));
  }

  private final class Session {

    private final NetSocket socket;
    private final Buffer file = Buffer.buffer();
    private Buffer waiting = Buffer.buffer();
    private boolean isCommanded;
    private boolean isOver;

    Session(NetSocket socket) {
      this.socket = socket;
    }

    void take(Buffer bytes) {
      if (isOver) {
        return;
      }
      waiting.appendBuffer(bytes);
      if (!isCommanded) {
        if (waiting.length() < COMMAND.length()) {
          return;
        }
        String command = waiting.getString(0, COMMAND.length(), StandardCharsets.US_ASCII.name());
        if (!command.equals(COMMAND)) {
          end("UNKNOWN COMMAND\0", "command " + command);
          return;
        }
        isCommanded = true;
        waiting = waiting.getBuffer(COMMAND.length(), waiting.length());
      }
      while (waiting.length() >= 4 && !isOver) {
        int length = waiting.getInt(0);
        if (length < 0 || length > 25 * 1024 * 1024) {
          end("INSTREAM size limit exceeded. ERROR\0", "length " + length);
          return;
        }
        if (length == 0) {
          isOver = true;
          if (waiting.length() > 4) {
            faults.add("bytes after the end");
          }
          files.add(file.getBytes());
          answer();
          return;
        }
        if (waiting.length() < 4 + length) {
          return;
        }
        file.appendBuffer(waiting, 4, length);
        waiting = waiting.getBuffer(4 + length, waiting.length());
        if (mood == Mood.CLOSES_EARLY) {
          isOver = true;
          socket.close();
        } else if (mood == Mood.TOO_LARGE) {
          end("INSTREAM size limit exceeded. ERROR\0", null);
        }
      }
    }

    private void end(String words, String fault) {
      isOver = true;
      if (fault != null) {
        faults.add(fault);
      }
      socket.end(Buffer.buffer(words));
    }

    private void answer() {
      switch (mood) {
        case OK -> socket.end(Buffer.buffer("stream: OK\0"));
        case FOUND -> socket.end(Buffer.buffer("stream: Win.Test.EICAR_HDB-1 FOUND\0"));
        case FOUND_OK -> socket.end(Buffer.buffer("stream: OK FOUND\0"));
        case ERROR -> socket.end(Buffer.buffer("stream: Can't allocate memory ERROR\0"));
        case CUT -> socket.end(Buffer.buffer("stream: OK"));
        case IN_TWO -> {
          socket.write("stream:");
          vertx.setTimer(50, later -> socket.end(Buffer.buffer(" OK\0")));
        }
        default -> {}
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
