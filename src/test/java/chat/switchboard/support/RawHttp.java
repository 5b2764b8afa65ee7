package chat.switchboard.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Sends bytes as they are, which no HTTP client would. */
public final class RawHttp {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private RawHttp() {}

  /** The answer up to the end of its head and what came with it; it fails where none comes. */
  public static String send(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException refusedHalfWay) {
        // The response may have arrived.
      }
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        int read = in.read(buffer);
        if (read < 0) {
          break;
        }
        answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
      }
      return answer.toString();
    }
  }

  /** The status of the answer. */
  public static int status(int port, String request) throws IOException {
    String answer = send(port, request);
    return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : -1;
  }

  /**
   * All bytes until the server closed the connection or was silent.
   *
   * @param text the answers
   * @param closed whether the server closed the connection
   */
  public record Conversation(String text, boolean closed) {

    /** The status of each answer, in order. */
    public List<Integer> statuses() {
      return STATUS_LINE
          .matcher(text)
          .results()
          .map(line -> Integer.valueOf(line.group(1)))
          .toList();
    }
  }

  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  /** Sends these bytes and reads until the connection ends, or for this long nothing comes. */
  public static Conversation exchange(int port, String bytes, Duration silence) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout((int) silence.toMillis());
      StringBuilder answers = new StringBuilder();
      try {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        byte[] buffer = new byte[8192];
        int read = socket.getInputStream().read(buffer);
        while (read >= 0) {
          answers.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
          read = socket.getInputStream().read(buffer);
        }
        return new Conversation(answers.toString(), true);
      } catch (SocketTimeoutException silent) {
        return new Conversation(answers.toString(), false);
      } catch (IOException reset) {
        return new Conversation(answers.toString(), true);
      }
    }
  }
}
