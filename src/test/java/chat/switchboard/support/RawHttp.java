package chat.switchboard.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

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
        // The answer may be there all the same.
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
}
