package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.text.Choices;
import chat.switchboard.text.PlainText;
import chat.switchboard.text.Sendable;
import chat.switchboard.text.WhatsAppText;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.bson.BsonTimestamp;
import org.bson.Document;

/** Makes the entries of a text: one for each message. */
@ApplicationScoped
class OutboxEntryFactory {

  /** Twilio's limit for the words of a content with buttons, in UTF-16 code units. */
  private static final int LONGEST_ABOVE_BUTTONS = 1_024;

  private final Secrets secrets;
  private final Transitions transitions;
  private final MmsReach mms;
  private final MmsConfig mmsConfig;
  private final OutgoingFiles outgoingFiles;
  private final AtomicLong sequence = new AtomicLong();

  OutboxEntryFactory(
      Secrets secrets,
      Transitions transitions,
      MmsReach mms,
      MmsConfig mmsConfig,
      OutgoingFiles outgoingFiles) {
    this.secrets = secrets;
    this.transitions = transitions;
    this.mms = mms;
    this.mmsConfig = mmsConfig;
    this.outgoingFiles = outgoingFiles;
  }

  /**
   * Returns the entries of the text in their order.
   *
   * @param cause the reason of the state; null if the state is self-explanatory
   */
  List<OutboxEntry> entries(SmsOrder order, String sender, OutboxState state, String cause) {
    OutgoingText text = order.text();
    Optional<TemplateMessage> template = order.window().template();
    List<TextLayout.Piece> pieces =
        template.isPresent()
            ? List.of(new TextLayout.Piece(text.text(), List.of()))
            : TextLayout.of(
                words(order),
                isForWhatsApp(text),
                text.files(),
                text.to(),
                outgoingFiles.addressLength());
    List<OutboxEntry> entries = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      TextLayout.Piece piece = pieces.get(i);
      OutboxEntry entry = new OutboxEntry();
      entry.id = i == 0 ? text.id() : text.id() + "." + (i + 1);
      entry.textId = text.id();
      entry.fingerprint = order.fingerprint();
      entry.part = i + 1;
      entry.parts = pieces.size();
      entry.sender = sender;
      entry.phoneNumber = text.to();
      entry.conversationId = text.conversationId();
      entry.sealed = order.postscript().isPresent();
      entry.body = entry.sealed ? secrets.seal(piece.body()) : piece.body();
      entry.quietHours = order.time().quietHours() ? true : null;
      entry.outsideWindow = order.window().outside().orElse(null);
      entry.template =
          template
              .map(
                  one ->
                      new Document("contentSid", one.contentSid())
                          .append("variables", new Document(new TreeMap<>(one.variables()))))
              .orElse(null);
      entry.mappingId = order.mappingId();
      entry.code = order.code() == null ? null : secrets.seal(order.code());
      entry.arrival = new BsonTimestamp(0, 0);
      entry.sequence = sequence.incrementAndGet();
      count(entry, piece);
      transitions.begin(entry, state, cause);
      files(entry, piece, i == 0 ? text.files() : piece.files());
      entries.add(entry);
    }
    choices(order).ifPresent(found -> choices(entries, found, order));
    return entries;
  }

  /** Only an agent's text has choices. */
  private static Optional<Choices> choices(SmsOrder order) {
    return order.text().format() == TextFormat.MARKDOWN
        ? Choices.in(Sendable.of(order.text().text()))
        : Optional.empty();
  }

  /** The last message of the text has the choices. */
  private static void choices(List<OutboxEntry> entries, Choices choices, SmsOrder order) {
    if (!choices.mayBeOffered() || entries.isEmpty()) {
      return;
    }
    OutboxEntry last = entries.get(entries.size() - 1);
    last.choices = choices.titles();
    last.choicesFor = PhoneAddress.of(last.phoneNumber).account();
    String words = plain(order.text(), choices.words());
    Channel channel = PhoneAddress.of(last.phoneNumber).channel();
    boolean hasButtons =
        (channel == Channel.WHATSAPP || channel == Channel.RCS)
            && entries.size() == 1
            && order.text().files().isEmpty()
            && order.postscript().isEmpty()
            && !words.isBlank()
            && words.length() <= LONGEST_ABOVE_BUTTONS
            // Twilio would take it for a variable.
            && !last.body.contains("{{");
    last.choicesBody = hasButtons ? words : null;
  }

  private static String words(SmsOrder order) {
    OutgoingText text = order.text();
    String words = Sendable.of(text.text());
    String plain =
        choices(order)
            .map(choices -> choices.below(plain(text, choices.words())))
            .orElseGet(() -> plain(text, words));
    return order.postscript().map(behind -> (plain + "\n\n" + behind).stripLeading()).orElse(plain);
  }

  private static String plain(OutgoingText text, String words) {
    if (words.isBlank()) {
      return words;
    }
    Set<String> shown =
        text.files().stream()
            .flatMap(file -> file.shownAt().stream())
            .collect(Collectors.toUnmodifiableSet());
    if (isForWhatsApp(text)) {
      return WhatsAppText.of(words, shown);
    }
    return text.format() == TextFormat.MARKDOWN ? PlainText.of(words, shown) : words;
  }

  /** Only WhatsApp shows marks; a text that is not Markdown goes out unchanged there too. */
  private static boolean isForWhatsApp(OutgoingText text) {
    return text.format() == TextFormat.MARKDOWN
        && PhoneAddress.of(text.to()).channel() == Channel.WHATSAPP;
  }

  /** How a file gets to the phone is not known yet: the more expensive way counts. */
  private void count(OutboxEntry entry, TextLayout.Piece piece) {
    String link = "x".repeat(outgoingFiles.addressLength());
    Segments segments =
        Segments.of(
            TextLayout.body(piece.body(), piece.files().stream().map(file -> link).toList()));
    boolean maybeMms =
        entry.sender != null
            && !piece.files().isEmpty()
            && mms.has(entry.sender, entry.phoneNumber);
    entry.segments = maybeMms ? Math.max(segments.count(), mmsConfig.segments()) : segments.count();
    entry.encoding = segments.encoding();
  }

  /** The first part of a text waits for all files, so that no text goes without a required file. */
  private static void files(OutboxEntry entry, TextLayout.Piece piece, List<OutgoingFile> all) {
    if (all.isEmpty()) {
      return;
    }
    List<EntryFile> files = new ArrayList<>();
    piece.files().forEach(file -> files.add(EntryFile.wanted(file, false)));
    all.stream()
        .filter(file -> !piece.files().contains(file))
        .forEach(file -> files.add(EntryFile.wanted(file, true)));
    entry.files = EntryFile.stored(files);
    entry.filesAttempts = 0;
    if (entry.state == OutboxState.QUEUED) {
      entry.filesDueAt = entry.queuedAt;
      entry.nextAttemptAt =
          new Date(entry.queuedAt.getTime() + FilePreparation.LONGEST_WAIT.toMillis());
    }
  }

  /** The segments of a message whose files are fetched. */
  Segments segments(OutboxEntry entry, String words, List<EntryFile> files) {
    boolean isSms = PhoneAddress.of(entry.phoneNumber).channel() == Channel.SMS;
    Segments segments = Segments.of(body(words, files, "x".repeat(outgoingFiles.addressLength())));
    return isSms && files.stream().anyMatch(OutboxEntryFactory::isCarried)
        ? new Segments(mmsConfig.segments(), segments.encoding())
        : segments;
  }

  private static boolean isCarried(EntryFile file) {
    return !file.isAhead() && file.route().filter(FileRoute.MEDIA::equals).isPresent();
  }

  private String body(String words, List<EntryFile> files, String link) {
    List<String> behind = new ArrayList<>();
    for (EntryFile file : files) {
      if (!file.isAhead() && !isCarried(file)) {
        boolean isNamed = file.route().filter(FileRoute.NAMED::equals).isPresent();
        behind.add(isNamed ? file.words(outgoingFiles.addressLength()) : link);
      }
    }
    return TextLayout.body(words, behind);
  }
}
