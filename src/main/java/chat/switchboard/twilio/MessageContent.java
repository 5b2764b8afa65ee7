package chat.switchboard.twilio;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.inbound.CleanText;
import chat.switchboard.media.IncomingFile;
import chat.switchboard.text.GraphemeClusters;
import chat.switchboard.text.ShownText;
import chat.switchboard.text.WhatsAppMarkdown;
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
 * @param markdown the text as LibreChat shows it: the same, except that WhatsApp's marks are those
 *     of Markdown
 * @param metadata {@code media, location, button, list, interactiveData, referral, repliedTo}, each
 *     if there is one
 * @param files the pictures and other files
 */
record MessageContent(String text, String markdown, Document metadata, List<IncomingFile> files) {

  /** Twilio's own limit for one message. */
  private static final int MOST_MEDIA = 10;

  /** The maximum length of every other field in text and metadata, in grapheme clusters. */
  private static final int LONGEST_LINE = 300;

  /** The maximum length of InteractiveData and ReferralBody in metadata, in UTF-16 code units. */
  private static final int LONGEST_DATA = 8_192;

  /** In grapheme clusters; WhatsApp knows one emoji for each reaction. */
  private static final int LONGEST_REACTION = 8;

  private static final Pattern REFERRAL = Pattern.compile("Referral[A-Za-z0-9_]{1,60}");

  /**
   * @param inGroup whether the message was sent in a group of Twilio's, whose forms differ
   */
  static MessageContent of(SignedForm form, boolean inGroup) {
    List<String> lines = new ArrayList<>();
    Document metadata = new Document();
    Optional<String> body = form.field("Body").map(CleanText::of).filter(words -> !words.isBlank());
    body.ifPresent(lines::add);
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
    event(form, body, lines, metadata);
    if (lines.isEmpty()) {
      lines.add(
          line(form, "MessageType")
              .filter(type -> !type.equalsIgnoreCase("text"))
              .map(type -> "[" + type + "]")
              .orElse("(empty message)"));
    }
    return new MessageContent(
        String.join("\n", lines),
        markdown(form, body, lines, metadata),
        metadata,
        inGroup ? groupFiles(form, media) : files(form, media));
  }

  /** The SID of the message that this message answers. */
  Optional<String> repliedTo() {
    return metadata.get("repliedTo") instanceof Document original
        ? Optional.ofNullable(original.getString("messageSid"))
        : Optional.empty();
  }

  /**
   * Returns the content with the words that the message answers.
   *
   * @param quote one line of Markdown
   */
  MessageContent quoting(String quote) {
    Document told = new Document(metadata);
    told.put(
        "repliedTo",
        new Document(metadata.get("repliedTo", Document.class)).append("quote", quote));
    return new MessageContent(text, markdown, told, files);
  }

  /** Returns the content with the title of a choice in the place of its number. */
  MessageContent choosing(String title) {
    Document told = new Document(metadata);
    told.append("choice", new Document("typed", text.strip()).append("title", title));
    return new MessageContent(title, title, told, files);
  }

  /** The parts of the message in LibreChat: the quote, if there is one, and the words. */
  List<String> parts() {
    return metadata.get("repliedTo") instanceof Document original
            && original.getString("quote") != null
        ? List.of("> " + original.getString("quote") + "\n", markdown)
        : List.of(markdown);
  }

  /** Whether the message tells of an earlier message, and so expects no answer. */
  boolean isEvent() {
    return metadata.containsKey("reaction") || metadata.containsKey("deleted");
  }

  /** Only WhatsApp has marks; of the other lines none is the person's writing. */
  private static String markdown(
      SignedForm form, Optional<String> body, List<String> lines, Document metadata) {
    boolean isWhatsApp =
        form.field("From")
            .or(() -> form.field("Author"))
            .filter(from -> PhoneAddress.of(from).channel() == Channel.WHATSAPP)
            .isPresent();
    List<String> shown = new ArrayList<>(lines);
    int at = body.map(lines::indexOf).orElse(-1);
    if (isWhatsApp && at >= 0) {
      shown.set(at, WhatsAppMarkdown.of(body.get()));
      if (!shown.get(at).equals(body.get())) {
        metadata.append("formatting", Channel.WHATSAPP.source());
      }
    }
    return String.join("\n", shown);
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

  /**
   * A reaction, a deletion, or an edit, by the words that WhatsApp's own interface uses. Twilio
   * documents no such webhooks; without this they would be empty messages, or new messages.
   */
  private static void event(
      SignedForm form, Optional<String> body, List<String> lines, Document metadata) {
    switch (line(form, "MessageType").orElse("").toLowerCase(Locale.ROOT)) {
      case "reaction" -> {
        Optional<String> emoji =
            body.map(words -> ShownText.line(words, LONGEST_REACTION))
                .filter(words -> !words.isEmpty());
        metadata.append("reaction", new Document("emoji", emoji.orElse("")));
        body.ifPresent(words -> lines.remove(0));
        lines.add(0, emoji.map(words -> "[reaction: " + words + "]").orElse("[reaction removed]"));
      }
      case "deleted", "revoke", "revoked" -> {
        metadata.append("deleted", true);
        if (lines.isEmpty()) {
          lines.add("[message deleted]");
        }
      }
      case "edited", "edit" -> {
        metadata.append("edited", true);
        lines.add(0, "[message edited]");
      }
      default -> {}
    }
  }

  private static void repliedTo(SignedForm form, Document metadata) {
    form.field("OriginalRepliedMessageSid")
        .filter(sid -> sid.matches("[A-Z]{2}[0-9A-Za-z]{1,40}"))
        .ifPresent(
            sid -> {
              Document original = new Document("messageSid", sid);
              line(form, "OriginalRepliedMessageSender")
                  .ifPresent(sender -> original.append("sender", sender));
              metadata.append("repliedTo", original);
            });
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
