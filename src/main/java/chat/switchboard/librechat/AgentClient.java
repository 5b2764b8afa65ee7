package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.http.BoundedExchange.Answer;
import chat.switchboard.http.CancellableRequest;
import chat.switchboard.text.UriComponent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import jakarta.inject.Singleton;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests an answer of LibreChat's agent by the HTTP interface of LibreChat's page: the page's own
 * request, with the id of a message that the conversation already contains (measured with LibreChat
 * 0.8.8-rc1).
 */
@Singleton
public class AgentClient {

  private static final String AGENTS = "agents";
  private static final int PROTOCOL = 2;

  /** LibreChat responds at once and generates afterwards. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** 1 MiB: the last frame contains the whole answer and the conversation. */
  private static final int LARGEST_FRAME = 1024 * 1024;

  /** 64 MiB: an answer arrives in thousands of small frames. */
  private static final long LARGEST_STREAM = 64L * 1024 * 1024;

  /** LibreChat's name of a cause, such as {@code token_balance}. */
  private static final Pattern TYPE = Pattern.compile("\"type\"\\s*:\\s*\"([a-z_]{1,40})\"");

  private final LibreChatHttp door;

  AgentClient(LibreChatHttp door) {
    this.door = door;
  }

  /** The result of a request for an answer. */
  public sealed interface Start {
    /** LibreChat generates an answer, for this request or for an earlier copy of this request. */
    record Running(String streamId, long generationCreatedAt) implements Start {}

    /** An earlier copy of this request was superseded by a run of the owner. */
    record Replaced() implements Start {}

    /** LibreChat has finished an earlier copy of this request. */
    record Settled() implements Start {}

    /**
     * No response arrived: whether LibreChat accepted the request is not known.
     *
     * @param cause one sentence
     */
    record NoResponse(String cause) implements Start {}

    /**
     * LibreChat did not accept the request.
     *
     * @param cause one sentence without LibreChat's own words, which could quote the text
     * @param retryAfter LibreChat's {@code Retry-After}, if given
     * @param forGood whether a further request must not be sent, because it would do harm
     */
    record Refused(String cause, Optional<Duration> retryAfter, boolean forGood) implements Start {}
  }

  /** How a stream ended. */
  public sealed interface End {
    /** The answer is complete; the database contains the answer now or in a moment. */
    record Final() implements End {}

    /** LibreChat says that there will be no answer. */
    record Failed(String cause) implements End {}

    /** The stream does not exist any more; LibreChat may still store the answer. */
    record Lost(String cause) implements End {}
  }

  /** Whether the address of LibreChat is configured. */
  public boolean isThere() {
    return door.isKnown();
  }

  /**
   * Requests an answer.
   *
   * @param question a message from outside in this conversation
   * @param requestId the same for every copy of the same request: LibreChat then answers once
   * @param atMost how long to wait until LibreChat accepts the request
   */
  public Uni<Start> start(
      Conversation conversation, Message question, String requestId, Duration atMost) {
    Duration patience = atMost.compareTo(PATIENCE) < 0 ? atMost : PATIENCE;
    RequestOptions request =
        door.request(
                HttpMethod.POST, "/" + encoded(conversation.endpoint), conversation.user, patience)
            .putHeader("Content-Type", "application/json")
            .putHeader("Accept", "application/json, text/event-stream");
    String body = body(conversation, question, requestId).encode();
    return BoundedExchange.send(
            door.client(), request, body, patience, LibreChatHttp.LARGEST_ANSWER)
        .map(AgentClient::read)
        .onFailure()
        .recoverWithItem(AgentClient::noResponse);
  }

  private static Start noResponse(Throwable failure) {
    String cause = "LibreChat did not respond (" + failure.getClass().getSimpleName() + ")";
    boolean hasNotLeft =
        failure instanceof ConnectException || failure instanceof UnknownHostException;
    return hasNotLeft ? refused(cause, Optional.empty(), false) : new Start.NoResponse(cause);
  }

  private static String encoded(String segment) {
    return UriComponent.encode(segment == null ? "" : segment);
  }

  private static JsonObject body(Conversation conversation, Message question, String requestId) {
    JsonObject body =
        new JsonObject()
            .put("text", AnswerText.original(question))
            .put("conversationId", conversation.conversationId)
            // The answer must become a child of the existing message: hence the message's own
            // parent and id.
            .put("parentMessageId", question.parentMessageId)
            .put("overrideUserMessageId", question.messageId)
            .put("endpoint", conversation.endpoint)
            .put("clientRequestId", requestId)
            .put("generationProtocolVersion", PROTOCOL)
            .put("isTemporary", Boolean.TRUE.equals(conversation.temporary));
    if (question.files != null && !question.files.isEmpty()) {
      JsonArray files = new JsonArray();
      question.files.stream()
          .map(file -> file.get("file_id"))
          .filter(String.class::isInstance)
          .forEach(id -> files.add(new JsonObject().put("file_id", id)));
      body.put("files", files);
    }
    if (conversation.endpointType != null) {
      body.put("endpointType", conversation.endpointType);
    }
    if (AGENTS.equals(conversation.endpoint)) {
      body.put("agent_id", conversation.agentId);
    } else if (conversation.model != null) {
      body.put("model", conversation.model);
    }
    return body;
  }

  private static Start read(Answer response) {
    int status = response.status();
    if (status == 429) {
      return refused(
          "LibreChat refuses further requests for now (429)", retryAfter(response), false);
    }
    if (status == 401 || status == 403) {
      return refused(
          "LibreChat refuses Switchboard's access token ("
              + status
              + "): check that both have the "
              + "same JWT_SECRET",
          Optional.empty(),
          false);
    }
    if (status != 200) {
      return refused("LibreChat responded with status " + status, retryAfter(response), false);
    }
    return taken(response.body());
  }

  /** A refusal can also have status 200, as an event of a stream that ends at once. */
  private static Start taken(String body) {
    JsonObject answer;
    try {
      answer = new JsonObject(body);
    } catch (DecodeException stream) {
      boolean noBrowser = body.contains("Illegal request");
      return new Start.Refused(
          noBrowser
              ? "LibreChat regards Switchboard as a program that is not a browser, and would ban "
                  + "the owner"
              : "LibreChat refused the question" + type(body),
          Optional.empty(),
          noBrowser);
    }
    if ("settled".equals(answer.getString("status"))) {
      return new Start.Settled();
    }
    if ("replaced".equals(answer.getString("status"))) {
      return new Start.Replaced();
    }
    if (answer.getString("streamId") == null) {
      return new Start.Refused(
          "LibreChat responded without a stream" + type(body), Optional.empty(), false);
    }
    return new Start.Running(
        answer.getString("streamId"), answer.getLong("generationCreatedAt", 0L));
  }

  private static Start refused(String cause, Optional<Duration> retryAfter, boolean forGood) {
    return new Start.Refused(cause, retryAfter, forGood);
  }

  private static Optional<Duration> retryAfter(Answer response) {
    String seconds = response.headers().get("Retry-After");
    return seconds != null && seconds.matches("\\d{1,5}")
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(seconds)))
        : Optional.empty();
  }

  private static String type(String words) {
    Matcher type = TYPE.matcher(words);
    return type.find() ? ": " + type.group(1) : "";
  }

  /**
   * Follows the stream of the answer until it ends; only the delay until Switchboard knows the
   * result depends on the stream.
   */
  public Uni<End> follow(Conversation conversation, Start.Running running, Duration atMost) {
    RequestOptions request =
        door.request(
                HttpMethod.GET,
                "/stream/"
                    + encoded(running.streamId())
                    + "?generationCreatedAt="
                    + running.generationCreatedAt(),
                conversation.user,
                atMost)
            .putHeader("Accept", "text/event-stream");
    return CancellableRequest.<End>open(door.client(), request, AgentClient::listen)
        .onFailure()
        .recoverWithItem(AgentClient::lost)
        .ifNoItem()
        .after(atMost)
        .recoverWithItem(
            () -> new End.Lost("LibreChat gave no answer within " + atMost.toSeconds() + " s"));
  }

  private static void listen(HttpClientRequest call, UniEmitter<? super End> emitter) {
    call.send()
        .onFailure(failure -> emitter.complete(lost(failure)))
        .onSuccess(
            response -> {
              response.exceptionHandler(failure -> emitter.complete(lost(failure)));
              if (response.statusCode() != 200) {
                emitter.complete(
                    new End.Lost("LibreChat's stream responded with " + response.statusCode()));
                return;
              }
              RecordParser frames = RecordParser.newDelimited("\n\n");
              frames.maxRecordSize(LARGEST_FRAME);
              frames
                  .exceptionHandler(failure -> emitter.complete(lost(failure)))
                  .handler(
                      frame ->
                          end(frame.toString(StandardCharsets.UTF_8)).ifPresent(emitter::complete));
              AtomicLong bytes = new AtomicLong();
              response.handler(
                  part -> {
                    if (bytes.addAndGet(part.length()) > LARGEST_STREAM) {
                      emitter.complete(new End.Lost("LibreChat's stream is larger than 64 MiB"));
                    } else {
                      frames.handle(part);
                    }
                  });
              response.endHandler(
                  end -> emitter.complete(new End.Lost("LibreChat's stream ended early")));
            });
  }

  private static End lost(Throwable failure) {
    return new End.Lost("LibreChat's stream was lost (" + failure.getClass().getSimpleName() + ")");
  }

  /**
   * Returns the end of the stream that this frame announces; empty for most frames, which are
   * pieces of the answer.
   */
  static Optional<End> end(String frame) {
    if (frame.lines().anyMatch(line -> line.strip().equals("event: error"))) {
      return Optional.of(new End.Failed("LibreChat could not generate an answer" + type(frame)));
    }
    // Inside a text the quotes would be escaped.
    return frame.contains("\"final\":true") ? Optional.of(new End.Final()) : Optional.empty();
  }
}
