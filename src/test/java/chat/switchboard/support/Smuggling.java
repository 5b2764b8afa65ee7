package chat.switchboard.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests whose body ends at different places for different readers, each followed by bytes that
 * are a second, hidden request to the reader that is wrong.
 */
public final class Smuggling {

  private Smuggling() {}

  /** The text that the hidden request would store. */
  public static final String HIDDEN = "Hidden by a first request";

  private static final String CHUNK = "0\r\n\r\n";

  /**
   * The bytes of one connection by their fault; the server must answer them with one refusal at
   * most.
   */
  public static Map<String, String> connections(String conversation) {
    String hidden = hidden(conversation);
    Map<String, String> all = new LinkedHashMap<>();
    String both = "Transfer-Encoding: chunked\r\nContent-Length: ";
    all.put("Content-Length and chunks", head(conversation, both + "5") + CHUNK + hidden);
    all.put(
        "Content-Length over all, and chunks",
        head(conversation, both + (CHUNK.length() + hidden.length())) + CHUNK + hidden);
    all.put("Content-Length 0, and chunks", head(conversation, both + "0") + CHUNK + hidden);
    all.put(
        "chunks, then Content-Length in another case",
        head(conversation, "TRANSFER-ENCODING: CHUNKED\r\ncontent-length: 5") + CHUNK + hidden);
    for (String version : List.of("HTTP/1.0", "HTTP/0.9", "HTTP/1.2")) {
      all.put(
          "chunks in " + version,
          head(conversation, "Connection: keep-alive\r\nTransfer-Encoding: chunked")
                  .replace("HTTP/1.1", version)
              + CHUNK
              + hidden);
    }
    all.put(
        "chunks and Content-Length in HTTP/1.0",
        head(conversation, "Connection: keep-alive\r\n" + both + "5").replace("1.1", "1.0")
            + CHUNK
            + hidden);
    for (String value :
        List.of(
            "chunked, xchunked",
            "chunked,xchunked",
            "chunked;xchunked",
            "xchunked",
            "chunkedx",
            "chunked, identity",
            "identity, chunked",
            "gzip, chunked",
            "chunked, gzip",
            "chunked, chunked",
            "chunked,",
            ",chunked",
            "\"chunked\"",
            "'chunked'",
            "chunked;q=1",
            "chunked \u000b",
            "\u000bchunked",
            "chun\u0000ked",
            "ch\u00fcnked",
            "identity",
            "gzip",
            "",
            "cow",
            "\r\n chunked",
            "\r\n\tchunked",
            "chunked\r\n ,xchunked",
            "chunked,\r\n xchunked",
            "x\r\n chunked",
            "chunked\r\nTransfer-Encoding: chunked",
            "chunked\r\nTransfer-Encoding: identity",
            "identity\r\nTransfer-Encoding: chunked",
            "chunked\r\ntransfer-encoding: xchunked",
            "xchunked\r\nContent-Length: 5",
            "identity\r\nContent-Length: 5")) {
      all.put(
          "Transfer-Encoding: " + value,
          head(conversation, "Transfer-Encoding: " + value) + CHUNK + hidden);
    }
    for (String name :
        List.of(
            "Transfer-Encoding ",
            "Transfer-Encoding\t",
            "Transfer-Encoding\u0000",
            "Transfer-Encoding\u000b",
            "Content-Length : 5\r\nTransfer-Encoding")) {
      all.put(
          "the field name '" + name + "'", head(conversation, name + ": chunked") + CHUNK + hidden);
    }
    for (String size :
        List.of(
            "ffffffffffffffff",
            "10000000000000000",
            "100000000000000000000000000000005",
            "80000000",
            "7fffffff0",
            "fffffffff",
            "-1",
            "-0",
            "+5",
            "0x1",
            "0x5",
            "",
            " ",
            ";a=b",
            "g",
            "5 5",
            "5\u00005",
            "\u00005",
            "0_5",
            "5\n",
            "5;a=\"\r\n",
            "5;a\nb",
            "5;" + "a".repeat(100_000),
            "0".repeat(100_000) + "5")) {
      all.put(
          "the chunk size '" + abbreviated(size) + "'",
          head(conversation, "Transfer-Encoding: chunked") + size + "\r\nhello\r\n" + hidden);
    }
    all.put(
        "a chunk that is longer than its size",
        head(conversation, "Transfer-Encoding: chunked") + "2\r\nhello\r\n0\r\n\r\n" + hidden);
    all.put(
        "chunks with bare line feeds",
        head(conversation, "Transfer-Encoding: chunked") + "5\nhello\n0\n\n" + hidden);
    for (String length :
        List.of(
            "+5",
            "-5",
            "-0",
            "5, 6",
            "5,",
            "5 5",
            "0x5",
            "5\r\n 5",
            "5\r\nContent-Length: 6",
            "6\r\ncontent-length: 5",
            "5;a",
            "5.0",
            "5e0",
            "",
            "99999999999999999999",
            "18446744073709551621")) {
      all.put(
          "Content-Length: " + length,
          head(conversation, "Content-Length: " + length) + "hello" + hidden);
    }
    for (String before : List.of("\u0000", "\u0000\u0000\r\n", "\r\n\u0000", "\u0001", "\t")) {
      all.put(
          "'" + before + "' before the request line",
          before + head(conversation, "Content-Length: 5") + "hello" + hidden);
    }
    all.put(
        "bare line feeds", head(conversation, "Content-Length: 5").replace("\r\n", "\n") + hidden);
    all.put(
        "a bare line feed in a field",
        head(conversation, "X-A: b\nTransfer-Encoding: chunked") + CHUNK + hidden);
    all.put(
        "a bare carriage return in a field",
        head(conversation, "X-A: b\rTransfer-Encoding: chunked") + CHUNK + hidden);
    all.put(
        "a first field that is folded",
        "POST / HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n" + CHUNK + hidden);
    return all;
  }

  /** A folded field: for Netty the end of the field before, for others a field of its own. */
  public static String folded(String conversation) {
    return head(conversation, " Transfer-Encoding: chunked") + CHUNK + hidden(conversation);
  }

  /** A valid request that would store a message: with the key, and with a message. */
  public static String hidden(String conversation) {
    String body = "{\"role\":\"external\",\"content\":\"" + HIDDEN + "\"}";
    return head(conversation, "Content-Length: " + body.length()) + body;
  }

  /** The head of an injection with these further fields. */
  public static String head(String conversation, String fields) {
    return "POST /api/messages/"
        + conversation
        + "/external HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-API-Key: "
        + TestDatabase.API_KEY
        + "\r\n"
        + fields
        + "\r\n\r\n";
  }

  private static String abbreviated(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "… (" + text.length() + ")" : text;
  }
}
