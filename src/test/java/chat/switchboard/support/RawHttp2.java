package chat.switchboard.support;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A connection over HTTP/2 without TLS, from its first byte on, frame by frame (RFC 9113). */
public final class RawHttp2 implements AutoCloseable {

  /** Types of frames. */
  public static final int DATA = 0;

  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int CONTINUATION = 9;

  /** Flags. */
  public static final int END_STREAM = 1;

  public static final int END_HEADERS = 4;

  /** Error codes. */
  public static final int REFUSED_STREAM = 7;

  public static final int ENHANCE_YOUR_CALM = 11;

  private static final int MAX_CONCURRENT_STREAMS = 3;

  /** A frame as it came. */
  public record Frame(int type, int flags, int stream, byte[] payload) {

    /** The error code of RST_STREAM or GOAWAY. */
    public int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  /** Sends the preface, and never acknowledges the server's settings. */
  public RawHttp2(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  public void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(9 + payload.length);
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    frame.write(ByteBuffer.allocate(4).putInt(stream).array());
    frame.write(payload);
    out.write(frame.toByteArray());
  }

  /** Begins a POST of a form; it stays open until its body ends. */
  public void post(int stream, String path) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST, of HPACK's static table
    block.write(0x86); // :scheme http
    literal(block, 0x04, path); // :path
    literal(block, 0x01, "a"); // :authority
    literal(block, 0x0f, 0x10, "application/x-www-form-urlencoded"); // content-type
    send(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  private static void literal(ByteArrayOutputStream block, int name, String value) {
    block.write(name);
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  private static void literal(ByteArrayOutputStream block, int prefix, int rest, String value) {
    block.write(prefix);
    literal(block, rest, value);
  }

  /** Returns the frames until this frame, the end of the connection, or 5 s without a frame. */
  public List<Frame> readUntil(Predicate<Frame> last) throws IOException {
    socket.setSoTimeout(5_000);
    List<Frame> frames = new ArrayList<>();
    try {
      while (true) {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = new byte[length];
        in.readFully(payload);
        Frame frame = new Frame(type, flags, stream, payload);
        frames.add(frame);
        if (last.test(frame)) {
          return frames;
        }
      }
    } catch (IOException ended) { // or reset, or silent
      return frames;
    }
  }

  /** Returns the limit in the server's settings; -1 without a limit. */
  public static long maxConcurrentStreams(List<Frame> frames) {
    for (Frame frame : frames) {
      ByteBuffer settings = ByteBuffer.wrap(frame.payload());
      while (frame.type() == SETTINGS && settings.remaining() >= 6) {
        int name = settings.getShort();
        long value = settings.getInt() & 0xffff_ffffL;
        if (name == MAX_CONCURRENT_STREAMS) {
          return value;
        }
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
