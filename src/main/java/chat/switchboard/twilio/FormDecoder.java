package chat.switchboard.twilio;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decodes {@code application/x-www-form-urlencoded} (WHATWG URL, section 5.1) from the bytes of a
 * body. The decoder is strict where Twilio makes no errors: a wrong percent sequence and bytes that
 * are not UTF-8 are refused, because two decoders could read different texts.
 */
final class FormDecoder {

  /**
   * The maximum number of fields. A message has about 30 fields, with add-ons and channel data
   * about 100. Only the limit of the body (256 KiB) bounds the length of a field.
   */
  static final int MOST_FIELDS = 1_024;

  private FormDecoder() {}

  /** The bytes are not a form. */
  static final class MalformedForm extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;

    MalformedForm(RefusalReason reason) {
      super(reason.sentence(), null, false, false);
      this.reason = reason;
    }

    RefusalReason reason() {
      return reason;
    }
  }

  /** Returns the values of each field, in the order of the body. */
  static Map<String, List<String>> decode(byte[] body) throws MalformedForm {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    int count = 0;
    for (int start = 0; start < body.length; ) {
      int end = indexOf(body, '&', start, body.length);
      if (end > start) {
        if (++count > MOST_FIELDS) {
          throw new MalformedForm(RefusalReason.TOO_MANY_FIELDS);
        }
        int equals = indexOf(body, '=', start, end);
        String name = text(body, start, equals);
        String value = equals == end ? "" : text(body, equals + 1, end);
        fields.computeIfAbsent(name, first -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    return fields;
  }

  /** Returns the index of the next such byte; {@code end} if there is none. */
  private static int indexOf(byte[] bytes, char wanted, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return end;
  }

  private static String text(byte[] body, int start, int end) throws MalformedForm {
    ByteBuffer text = ByteBuffer.allocate(end - start);
    for (int i = start; i < end; i++) {
      byte b = body[i];
      if (b == '+') {
        text.put((byte) ' ');
      } else if (b == '%') {
        if (i + 2 >= end) {
          throw new MalformedForm(RefusalReason.MALFORMED);
        }
        text.put((byte) (hex(body[i + 1]) << 4 | hex(body[i + 2])));
        i += 2;
      } else {
        text.put(b);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text.flip()).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedForm(RefusalReason.MALFORMED);
    }
  }

  private static int hex(byte digit) throws MalformedForm {
    int value = digit < 0 ? -1 : Character.digit(digit, 16);
    if (value < 0) {
      throw new MalformedForm(RefusalReason.MALFORMED);
    }
    return value;
  }
}
