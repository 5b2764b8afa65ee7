package chat.switchboard.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads contact cards into words: one line for each contact with the name and the numbers and
 * addresses by which people reach the contact. Versions 2.1 (quoted-printable, character sets), 3.0
 * and 4.0. Everything is bounded; pictures, keys and unknown properties are skipped.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6350">RFC 6350: vCard 4.0</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2426">RFC 2426: vCard 3.0</a>
 */
final class VCard {

  /** 256 KiB: a card with a picture has some 100 KiB. */
  static final int MAX_BYTES = 256 * 1024;

  private static final int MAX_CONTACTS = 20;
  private static final int MAX_VALUES = 10;
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_TEXT = 120;

  private static final Pattern QUOTED_PRINTABLE =
      Pattern.compile("(?i)(?:ENCODING=)?QUOTED-PRINTABLE");

  private String fullName = "";
  private String structuredName = "";
  private String organization = "";
  private final Set<String> numbers = new LinkedHashSet<>();
  private final Set<String> addresses = new LinkedHashSet<>();

  private VCard() {}

  /**
   * One line for each contact, such as {@code Anna Müller: +49 30 123456, anna@example.com}; empty
   * if the bytes hold no card that can be read.
   *
   * @param bytes at most {@link #MAX_BYTES} are read
   */
  static List<String> lines(byte[] bytes) {
    List<String> lines = new ArrayList<>();
    VCard card = null;
    for (String line : unfolded(bytes)) {
      String upper = line.strip().toUpperCase(Locale.ROOT);
      if (upper.equals("BEGIN:VCARD")) {
        card = new VCard();
      } else if (upper.equals("END:VCARD") && card != null) {
        card.line().ifPresent(lines::add);
        card = null;
        if (lines.size() == MAX_CONTACTS) {
          break;
        }
      } else if (card != null) {
        card.property(line);
      }
    }
    // A card that the limit has cut still has its first lines.
    if (card != null && lines.size() < MAX_CONTACTS) {
      card.line().ifPresent(lines::add);
    }
    return List.copyOf(lines);
  }

  /** The logical lines, in ISO 8859-1 where the bytes are no UTF-8. */
  private static List<String> unfolded(byte[] bytes) {
    int length = Math.min(bytes.length, MAX_BYTES);
    String text = decoded(bytes, length);
    List<String> lines = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    boolean continuesQuoted = false;
    for (String line : text.split("\r\n|\n|\r", -1)) {
      boolean isFolded = !line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t');
      if (continuesQuoted) {
        open.setLength(open.length() - 1);
        append(open, line.stripLeading());
      } else if (isFolded) {
        append(open, line.substring(1));
      } else {
        lines.add(open.toString());
        open.setLength(0);
        append(open, line);
      }
      String whole = open.toString();
      int colon = whole.indexOf(':');
      continuesQuoted =
          whole.endsWith("=")
              && colon > 0
              && QUOTED_PRINTABLE.matcher(whole.substring(0, colon)).find();
    }
    lines.add(open.toString());
    return lines;
  }

  private static void append(StringBuilder open, String line) {
    int room = MAX_LINE - open.length();
    open.append(line, 0, Math.max(0, Math.min(room, line.length())));
  }

  private static String decoded(byte[] bytes, int length) {
    boolean isUtf16 =
        length >= 2 && ((bytes[0] == -1 && bytes[1] == -2) || (bytes[0] == -2 && bytes[1] == -1));
    if (isUtf16) {
      return new String(bytes, 0, length, StandardCharsets.UTF_16);
    }
    // The limit may have cut a character.
    String utf8 = new String(bytes, 0, length, StandardCharsets.UTF_8);
    int broken = utf8.indexOf('\uFFFD');
    String text =
        broken >= 0 && broken < utf8.length() - 1
            ? new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
            : utf8;
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void property(String line) {
    int colon = endOfName(line);
    if (colon < 0) {
      return;
    }
    String head = line.substring(0, colon);
    String raw = line.substring(colon + 1);
    String name = head.split(";", 2)[0];
    name = name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
    switch (name) {
      case "FN" -> fullName = first(fullName, text(unescaped(value(head, raw))));
      case "N" -> structuredName = first(structuredName, personName(value(head, raw)));
      case "ORG" -> organization = first(organization, organization(value(head, raw)));
      case "TEL" -> add(numbers, text(unescaped(value(head, raw))).replaceFirst("(?i)^tel:", ""));
      case "EMAIL" ->
          add(addresses, text(unescaped(value(head, raw))).replaceFirst("(?i)^mailto:", ""));
      default -> {}
    }
  }

  /** The colon behind the name and its parameters, whose values may be quoted; -1 if none. */
  private static int endOfName(String line) {
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        isQuoted = !isQuoted;
      } else if (c == ':' && !isQuoted) {
        return i;
      }
    }
    return -1;
  }

  private static String value(String head, String raw) {
    if (!QUOTED_PRINTABLE.matcher(head).find()) {
      return raw;
    }
    Charset charset = StandardCharsets.UTF_8;
    for (String parameter : head.split(";")) {
      if (parameter.toUpperCase(Locale.ROOT).startsWith("CHARSET=")) {
        try {
          charset = Charset.forName(parameter.substring(8).strip());
        } catch (IllegalArgumentException unknown) {
          charset = StandardCharsets.UTF_8;
        }
      }
    }
    byte[] bytes = quotedPrintable(raw);
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException other) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] quotedPrintable(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      int high = c == '=' && i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(raw.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  /** Family name; given; middle; prefix; suffix: in the order in which people write the name. */
  private static String personName(String value) {
    List<String> parts = components(value);
    List<String> ordered = new ArrayList<>();
    for (int index : new int[] {3, 1, 2, 0, 4}) {
      if (index < parts.size() && !parts.get(index).isBlank()) {
        ordered.add(parts.get(index));
      }
    }
    return text(String.join(" ", ordered));
  }

  private static String organization(String value) {
    return text(
        String.join(", ", components(value).stream().filter(part -> !part.isBlank()).toList()));
  }

  private static List<String> components(String value) {
    List<String> parts = new ArrayList<>();
    for (String part : value.split("(?<!\\\\);", 20)) {
      parts.add(text(unescaped(part)));
    }
    return parts;
  }

  private static String unescaped(String value) {
    return value.replaceAll("\\\\[nN]", " ").replaceAll("\\\\(.)", "$1");
  }

  /** One line of visible text: no controls, no marks that turn the direction of what follows. */
  private static String text(String value) {
    String visible =
        value
            .replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", " ")
            .replaceAll("[\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\uFEFF\\p{Cs}]", "")
            .replaceAll(" {2,}", " ")
            .strip();
    int length = visible.codePointCount(0, visible.length());
    return length <= MAX_TEXT
        ? visible
        : visible.substring(0, visible.offsetByCodePoints(0, MAX_TEXT - 1)) + "…";
  }

  private static String first(String known, String found) {
    return known.isEmpty() ? found : known;
  }

  private static void add(Set<String> values, String value) {
    if (!value.isBlank() && values.size() < MAX_VALUES) {
      values.add(value);
    }
  }

  private Optional<String> line() {
    String name = first(first(fullName, structuredName), organization);
    if (!organization.isEmpty() && !name.equals(organization)) {
      name += " (" + organization + ")";
    }
    List<String> values = new ArrayList<>(numbers);
    values.addAll(addresses);
    if (values.isEmpty()) {
      return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
    return Optional.of((name.isEmpty() ? "" : name + ": ") + String.join(", ", values));
  }
}
