package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerText;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.ShownFiles;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.outbound.Outgoing;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingFiles;
import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.stream.Announcer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Sends messages from LibreChat to their phones, each once. */
@ApplicationScoped
class ReplySender {

  private static final Logger LOG = Logger.getLogger(ReplySender.class);

  private final Outgoing outgoing;
  private final ShownFiles shownFiles;
  private final OutgoingFiles outgoingFiles;
  private final Announcer announcer;

  ReplySender(
      Outgoing outgoing, ShownFiles shownFiles, OutgoingFiles outgoingFiles, Announcer announcer) {
    this.outgoing = outgoing;
    this.shownFiles = shownFiles;
    this.outgoingFiles = outgoingFiles;
    this.announcer = announcer;
  }

  /** Sends the answer to every person whose text it answers. */
  Uni<Void> answer(Reply reply, Message answer) {
    announce(answer);
    List<Recipient> phones = reply.phones.stream().map(Recipient::of).toList();
    return words(answer, phones).invoke(() -> FaultPoint.reached("texted"));
  }

  private void announce(Message answer) {
    try {
      announcer.announceReply(answer);
    } catch (RuntimeException unexpected) {
      // A failure of the streams must not keep the answer from the phone.
      LOG.errorf(unexpected, "Answer %s was not announced.", answer.messageId);
    }
  }

  /**
   * Sends a message's text and files to these phones; completes when the texts are in the outbox. A
   * person's text is sent unchanged; an agent's text is Markdown.
   */
  Uni<Void> words(Message message, Collection<Recipient> phones) {
    boolean typed = Boolean.TRUE.equals(message.createdByUser);
    boolean inParts = message.content != null && !message.content.isEmpty();
    String text = typed && !inParts && message.text != null ? message.text : AnswerText.of(message);
    TextFormat format = typed ? TextFormat.TEXT : TextFormat.MARKDOWN;
    return files(message)
        .flatMap(
            files ->
                text.isBlank() && files.isEmpty()
                    ? Uni.createFrom().voidItem()
                    : queue(
                        "text",
                        message.messageId,
                        message.conversationId,
                        text,
                        format,
                        files,
                        phones));
  }

  /** Files that cannot be sent for a missing setting stay words, as the text names them. */
  private Uni<List<OutgoingFile>> files(Message message) {
    return outgoingFiles.canFetchFromLibreChat() && outgoingFiles.unavailable().isEmpty()
        ? shownFiles
            .of(message)
            .map(
                found ->
                    found.stream().limit(OutgoingFile.MOST).map(one -> file(message, one)).toList())
        : Uni.createFrom().item(List.of());
  }

  private static OutgoingFile file(Message message, ShownFiles.Found found) {
    return new OutgoingFile(
        OutgoingFile.Kind.LIBRECHAT,
        found.file().fileId(),
        message.user,
        message.messageId,
        Optional.of(found.file().fileName()).filter(name -> !name.isEmpty()),
        Optional.of(found.file().type()).filter(type -> !type.isEmpty()),
        false,
        found.shownAt());
  }

  /** Sends the notice without an answer to every person whose text got no answer. */
  Uni<Void> apology(Reply reply, String text) {
    return queue(
        "no answer",
        reply.id,
        reply.conversationId,
        text,
        TextFormat.TEXT,
        List.of(),
        reply.phones.stream().map(Recipient::of).toList());
  }

  /** The id is computed from the message and the phone, so that a repetition adds no text. */
  private Uni<Void> queue(
      String what,
      String messageId,
      String conversationId,
      String text,
      TextFormat format,
      List<OutgoingFile> files,
      Collection<Recipient> phones) {
    return Multi.createFrom()
        .iterable(phones)
        .onItem()
        .transformToUniAndConcatenate(
            phone ->
                outgoing.queue(
                    new OutgoingText(
                        DeterministicIds.uuid(what, messageId, phone.account()).toString(),
                        phone.from(),
                        phone.to(),
                        text,
                        conversationId,
                        format,
                        files)))
        .collect()
        .asList()
        .replaceWithVoid();
  }
}
