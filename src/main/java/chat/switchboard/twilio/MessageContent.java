package chat.switchboard.twilio;

import chat.switchboard.inbound.CleanText;
import chat.switchboard.media.IncomingFile;
import chat.switchboard.text.GraphemeClusters;
import chat.switchboard.text.ShownText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * The content of a person's message: text, and on WhatsApp and RCS also a place, a button, a list,
 * a form or a tapped advertisement (<a
 * href="https://www.twilio.com/docs/messaging/guides/webhook-request">Twilio's fields</a>). The
 * text describes all of the content in words, and the metadata contains the content for programs.
 *
 * @param text never blank
 * @param metadata {@code media, location, button, list, interactiveData, referral, repliedTo}, each
 *     if there is one
 * @param files the pictures and other files
 */
record MessageContent(String text, Document metadata, List<IncomingFile> files) {

  /** Twilio's own limit for one message. */
  private static final int MOST_MEDIA = 10;

  /** The maximum length of every other field in text and metadata, in grapheme clusters. */
  private static final int LONGEST_LINE = 300;

  /** The maximum length of InteractiveData and ReferralBody in metadata, in UTF-16 code units. */
  private static final int LONGEST_DATA = 8_192;

  private static final Pattern REFERRAL = Pattern.compile("Referral[A-Za-z0-9_]{1,60}");

  /**
   * @param inGroup whether the message was sent in a group of Twilio's, whose forms differ
   */
  static MessageContent of(SignedForm form, boolean inGroup) {
    List<String> lines = new ArrayList<>();
    Document metadata = new Document();
    form.field("Body").map(CleanText::of).filter(body -> !body.isBlank()).ifPresent(lines::add);
    place(form, lines, metadata);
    choice(form, "button", "ButtonText", "text", "ButtonPayload", "payload", lines, metadata);
    choice(form, "list", "ListTitle", "title", "ListId", "id", lines, metadata);
    List<Document> media = inGroup ? groupMedia(form) : media(form);
    if (!media.isEmpty()) {
      metadata.append("media", media);
    }
    media.forEach(item -> lines.add("[attachment: " + item.getString("contentType") + "]"));
    referral(form, lines, metadata);
    interactiveData(form, lines, metadata);
    repliedTo(form, metadata);
    if (lines.isEmpty()) {
      lines.add(
          line(form, "MessageType")
              .filter(type -> !type.equalsIgnoreCase("text"))
              .map(type -> "[" + type + "]")
              .orElse("(empty message)"));
    }
    return new MessageContent(
        String.join("\n", lines), metadata, inGroup ? groupFiles(form, media) : files(form, media));
  }

  private static void place(SignedForm form, List<String> lines, Document metadata) {
    Optional<String> latitude = form.field("Latitude");
    Optional<String> longitude = form.field("Longitude");
    Optional<String> label = line(form, "Label");
    Optional<String> address = line(form, "Address");
    if (latitude.isEmpty() && longitude.isEmpty() && label.isEmpty() && address.isEmpty()) {
      return;
    }
    Document location = new Document();
    latitude.ifPresent(degrees -> location.append("latitude", Double.valueOf(degrees)));
    longitude.ifPresent(degrees -> location.append("longitude", Double.valueOf(degrees)));
    address.ifPresent(text -> location.append("address", text));
    label.ifPresent(text -> location.append("label", text));
    metadata.append("location", location);
    String named =
        Stream.of(label, address)
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining(", "));
    String degrees =
        latitude.isPresent() && longitude.isPresent()
            ? latitude.get() + ", " + longitude.get()
            : "";
    String where =
        named.isEmpty() || degrees.isEmpty() ? named + degrees : named + " (" + degrees + ")";
    lines.add("[location: " + where + "]");
  }

  /**
   * The tapped element. Twilio often repeats the element's label in the Body; the text contains the
   * label once.
   */
  private static void choice(
      SignedForm form,
      String what,
      String wordsField,
      String wordsName,
      String idField,
      String idName,
      List<String> lines,
      Document metadata) {
    Optional<String> words = line(form, wordsField);
    Optional<String> id = form.field(idField).map(value -> bounded(value));
    if (words.isEmpty() && id.isEmpty()) {
      return;
    }
    Document chosen = new Document();
    words.ifPresent(text -> chosen.append(wordsName, text));
    id.ifPresent(value -> chosen.append(idName, value));
    metadata.append(what, chosen);
    String said =
        words.orElseGet(() -> "[" + what + ": " + ShownText.line(id.get(), LONGEST_LINE) + "]");
    if (lines.stream().noneMatch(line -> ShownText.line(line, LONGEST_LINE).equals(said))) {
      // Beside other text the label gets a description.
      lines.add(lines.isEmpty() || words.isEmpty() ? said : "[" + what + ": " + said + "]");
    }
  }

  private static void referral(SignedForm form, List<String> lines, Document metadata) {
    Document referral = new Document();
    form.fields().keySet().stream()
        .filter(name -> REFERRAL.matcher(name).matches())
        .sorted()
        .limit(20)
        .forEach(
            name ->
                form.field(name)
                    .ifPresent(value -> referral.append(memberName(name), bounded(value))));
    if (referral.isEmpty()) {
      return;
    }
    metadata.append("referral", referral);
    String words =
        Stream.of("ReferralHeadline", "ReferralBody", "ReferralSourceUrl")
            .map(name -> line(form, name))
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining(", "));
    if (!words.isEmpty()) {
      lines.add("[came from: " + words + "]");
    }
  }

  /** {@code ReferralSourceUrl} becomes {@code sourceUrl}. */
  private static String memberName(String field) {
    String name = field.substring("Referral".length());
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  /** The answers to a form, as JSON. */
  private static void interactiveData(SignedForm form, List<String> lines, Document metadata) {
    Optional<String> data = form.field("InteractiveData").or(() -> form.field("FlowData"));
    data.ifPresent(
        json -> {
          metadata.append("interactiveData", bounded(json));
          String shown = ShownText.line(json, LONGEST_LINE);
          if (lines.isEmpty() && !shown.isEmpty()) {
            lines.add("[answers: " + shown + "]");
          }
        });
  }

  private static void repliedTo(SignedForm form, Document metadata) {
    form.field("OriginalRepliedMessageSid")
        .filter(sid -> sid.matches("[A-Z]{2}[0-9A-Za-z]{1,40}"))
        .ifPresent(sid -> metadata.append("repliedTo", new Document("messageSid", sid)));
  }

  private static Optional<String> line(SignedForm form, String name) {
    return form.field(name)
        .map(value -> ShownText.line(value, LONGEST_LINE))
        .filter(line -> !line.isEmpty());
  }

  private static String bounded(String value) {
    return CleanText.of(GraphemeClusters.truncate(value, LONGEST_DATA));
  }

  /** Twilio Conversations describes media as a JSON list. */
  private static List<Document> groupMedia(SignedForm form) {
    Optional<String> json = form.field("Media");
    if (json.isEmpty()) {
      return List.of();
    }
    try {
      return Document.parse("{\"media\":" + json.get() + "}")
          .getList("media", Document.class)
          .stream()
          .limit(MOST_MEDIA)
          .map(
              item -> {
                Document file =
                    new Document("sid", shown(item.get("Sid")))
                        .append("contentType", shown(item.get("ContentType")));
                return item.get("Filename") instanceof String name
                    ? file.append("filename", shown(name))
                    : file;
              })
          .toList();
    } catch (RuntimeException malformed) {
      return List.of(new Document("contentType", "unknown"));
    }
  }

  private static List<IncomingFile> files(SignedForm form, List<Document> media) {
    return media.stream()
        .map(
            item ->
                IncomingFile.ofTwilio(
                    form.field("AccountSid").orElse(null),
                    form.messageSid().orElse(null),
                    item.getString("url"),
                    item.getString("contentType")))
        .toList();
  }

  private static List<IncomingFile> groupFiles(SignedForm form, List<Document> media) {
    return media.stream()
        .map(
            item ->
                IncomingFile.ofConversation(
                    form.field("AccountSid").orElse(null),
                    form.field("ChatServiceSid").orElse(null),
                    item.getString("sid"),
                    item.getString("contentType"),
                    item.getString("filename")))
        .toList();
  }

  private static String shown(Object value) {
    return ShownText.line(String.valueOf(value), LONGEST_LINE);
  }

  private static List<Document> media(SignedForm form) {
    List<Document> media = new ArrayList<>();
    for (int i = 0; i < MOST_MEDIA; i++) {
      Optional<String> url = form.field("MediaUrl" + i);
      if (url.isPresent()) {
        media.add(
            new Document("url", url.get())
                .append(
                    "contentType",
                    line(form, "MediaContentType" + i).orElse("application/octet-stream")));
      }
    }
    return media;
  }
}
