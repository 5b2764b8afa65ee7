package chat.switchboard.replies;

import chat.switchboard.librechat.AnswerReader;
import chat.switchboard.librechat.AnswerText;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Attached;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageAppender;
import chat.switchboard.librechat.MessageConfig;
import chat.switchboard.librechat.Messages;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.librechat.ThreadEnd;
import chat.switchboard.ops.FaultPoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bson.Document;

/**
 * Repeats a question after the owner's turn that cut its answer off. LibreChat stores an answer
 * below its question: an answer below the old question would be a branch that hides the owner's
 * turn.
 */
@ApplicationScoped
class Repeats {

  /**
   * The maximum number of repetitions of a question; then the sender gets the notice without an
   * answer.
   */
  static final int MOST = 3;

  /** The maximum number of questions for one answer. */
  private static final int MOST_QUESTIONS = 50;

  private final Replies replies;
  private final Messages messages;
  private final AnswerReader answers;
  private final MessageAppender appender;
  private final int longest;
  private final MeterRegistry meters;

  Repeats(
      Replies replies,
      Messages messages,
      AnswerReader answers,
      MessageAppender appender,
      MessageConfig config,
      MeterRegistry meters) {
    this.replies = replies;
    this.messages = messages;
    this.answers = answers;
    this.appender = appender;
    this.longest = config.maxLength();
    this.meters = meters;
  }

  /**
   * Returns those of these replies whose answer LibreChat had begun but not completed, and for
   * which a phone waits.
   *
   * @param elsewhere replies whose questions are no longer at the end of the conversation
   */
  Uni<List<Reply>> cutOff(Conversation conversation, List<Reply> elsewhere) {
    return Multi.createFrom()
        .iterable(elsewhere)
        .select()
        .where(reply -> reply.begunAt != null && !reply.phones.isEmpty())
        .onItem()
        .transformToUniAndConcatenate(
            reply ->
                answers
                    .below(conversation, reply.asked())
                    .map(found -> Optional.of(reply).filter(one -> found.answer().isEmpty())))
        .select()
        .where(Optional::isPresent)
        .map(Optional::get)
        .collect()
        .asList();
  }

  /**
   * Appends the questions as one message; call only under the lease of the conversation.
   *
   * @param last the reply that the new message belongs to
   * @param cut all replies that the answer to the new message answers
   * @return the message; empty if the questions were deleted, or another replica was faster
   */
  Uni<Optional<Message>> append(
      Conversation conversation, ThreadEnd tail, Reply last, List<Reply> cut) {
    UUID id = DeterministicIds.uuid("asked again", last.id, String.valueOf(times(last) + 1));
    return questions(conversation, cut)
        .flatMap(
            questions -> {
              if (questions.isEmpty()) {
                return Uni.createFrom().item(Optional.empty());
              }
              return replies
                  .repeating(last, id.toString())
                  .flatMap(
                      kept ->
                          kept.isEmpty()
                              ? Uni.createFrom().item(Optional.<Message>empty())
                              : append(conversation, tail, again(id, questions)));
            });
  }

  static int times(Reply reply) {
    return reply.repeats == null ? 0 : reply.repeats;
  }

  private Uni<Optional<Message>> append(
      Conversation conversation, ThreadEnd tail, NewMessage message) {
    return appender
        .append(conversation, tail, List.of(message))
        .invoke(
            () -> {
              FaultPoint.reached("repeated");
              meters.counter("switchboard.replies", "outcome", "repeated").increment();
            })
        .map(appended -> appended.stream().map(Appended::message).findFirst());
  }

  private Uni<List<Message>> questions(Conversation conversation, List<Reply> cut) {
    List<String> ids = new ArrayList<>(cut.stream().map(reply -> reply.id).toList());
    return replies
        .coveredBy(List.copyOf(ids), MOST_QUESTIONS)
        .flatMap(
            covered -> {
              covered.forEach(reply -> ids.add(reply.id));
              return messages.find(ids, conversation.user, MOST_QUESTIONS);
            });
  }

  private NewMessage again(UUID id, List<Message> questions) {
    Message newest = questions.get(questions.size() - 1);
    String text =
        questions.stream()
            .map(Repeats::words)
            .filter(words -> !words.isEmpty())
            .collect(Collectors.joining("\n"));
    Document metadata = newest.metadata == null ? new Document() : new Document(newest.metadata);
    return new NewMessage(
        id,
        List.of(text.length() <= longest ? text : words(newest)),
        newest.sender,
        metadata.get("source") instanceof String source ? source : newest.model,
        metadata.append("repeats", newest.messageId),
        false,
        false,
        attached(questions));
  }

  /** The text alone: the Markdown of files would be escaped like a stranger's. */
  private static String words(Message question) {
    return question.attachments().isEmpty() ? AnswerText.original(question) : question.caption();
  }

  private static Optional<Attached> attached(List<Message> questions) {
    List<Document> states = questions.stream().flatMap(one -> one.attachments().stream()).toList();
    return states.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Attached(
                questions.stream()
                    .map(Message::attachedMarkdown)
                    .filter(markdown -> !markdown.isEmpty())
                    .collect(Collectors.joining("\n\n")),
                questions.stream()
                    .filter(one -> one.files != null)
                    .flatMap(one -> one.files.stream())
                    .toList(),
                states));
  }
}
