package chat.switchboard.librechat;

import chat.switchboard.http.BoundedExchange;
import chat.switchboard.http.BoundedExchange.Answer;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LibreChat's own door for its page, by which its agent answers a message: the same request that
 * the page makes, with the id of a message that stands in the conversation already. As measured on
 * LibreChat 0.8.8-rc1.
 */
@ApplicationScoped
public class AgentClient {

  private static final String AGENTS = "agents";
  private static final int PROTOCOL = 2;

  /** It answers at once and generates afterwards. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** 1 MiB: the last frame holds the whole answer, and the conversation. */
  private static final int LARGEST_FRAME = 1024 * 1024;

  /** 64 MiB: an answer comes as thousands of small frames. */
  private static final long LARGEST_STREAM = 64L * 1024 * 1024;

  /** What LibreChat calls the cause, such as {@code token_balance}. */
  private static final Pattern TYPE = Pattern.compile("\"type\"\\s*:\\s*\"([a-z_]{1,40})\"");

  private final LibreChatHttp door;

  AgentClient(LibreChatHttp door) {
    this.door = door;
  }

  /** What came of asking. */
  public sealed interface Start {
    /** An answer is being generated, by this request or by the same one before. */
    record Running(String streamId, long generationCreatedAt) implements Start {}

    /** The same request was asked before, and a run of the owner's has taken its place. */
    record Replaced() implements Start {}

    /** The same request was asked before, and LibreChat is done with it. */
    record Settled() implements Start {}

    /**
     * It was not taken, or it is not known whether it was.
     *
     * @param cause one sentence; none of LibreChat's own words, which could quote the text
     * @param retryAfter when LibreChat wants to be asked again, if it said so
     * @param forGood whether asking again would only make things worse
     */
    record Refused(String cause, Optional<Duration> retryAfter, boolean forGood) implements Start {}
  }

  /** How a stream came to its end. */
  public sealed interface End {
    /** The answer is whole, and by now, or in a moment, in the database. */
    record Final() implements End {}

    /** LibreChat says that there will be no answer. */
    record Failed(String cause) implements End {}

    /** The stream is not there any more; the answer may come all the same. */
    record Lost(String cause) implements End {}
  }

  /** Whether there is a LibreChat to ask. */
  public boolean isThere() {
    return door.isKnown();
  }

  /**
   * Asks for an answer.
   *
   * @param question a message of this conversation, from outside
   * @param requestId the same for the same request: LibreChat then answers once
   * @param atMost how long to wait for LibreChat to take it
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
        .recoverWithItem(
            failure ->
                new Start.Refused(
                    "LibreChat did not answer (" + failure.getClass().getSimpleName() + ")",
                    Optional.empty(),
                    false));
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment == null ? "" : segment, StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  private static JsonObject body(Conversation conversation, Message question, String requestId) {
    JsonObject body =
        new JsonObject()
            .put("text", AnswerText.original(question))
            .put("conversationId", conversation.conversationId)
            // The answer is to stand below the message that is there: so its own parent and id.
            .put("parentMessageId", question.parentMessageId)
            .put("overrideUserMessageId", question.messageId)
            .put("endpoint", conversation.endpoint)
            .put("clientRequestId", requestId)
            .put("generationProtocolVersion", PROTOCOL)
            .put("isTemporary", Boolean.TRUE.equals(conversation.temporary));
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
      return refused("LibreChat says that it is asked too much (429)", retryAfter(response), false);
    }
    if (status == 401 || status == 403) {
      return refused(
          "LibreChat does not take our token (" + status + "): is JWT_SECRET the same there?",
          Optional.empty(),
          false);
    }
    if (status != 200) {
      return refused("LibreChat answered with status " + status, retryAfter(response), false);
    }
    return taken(response.body());
  }

  /** A refusal comes with status 200 as well, as an event of a stream that ends at once. */
  private static Start taken(String body) {
    JsonObject answer;
    try {
      answer = new JsonObject(body);
    } catch (DecodeException stream) {
      boolean noBrowser = body.contains("Illegal request");
      return new Start.Refused(
          noBrowser
              ? "LibreChat takes us for a program that is no browser, and would ban the owner"
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
          "LibreChat answered without a stream" + type(body), Optional.empty(), false);
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

  /** Follows the answer to its end; nothing depends on it but how soon we know. */
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
    return Uni.createFrom()
        .<End>emitter(
            emitter -> {
              // The call may come after the time is over, from a pool that had no connection.
              AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
              AtomicBoolean isOver = new AtomicBoolean();
              emitter.onTermination(
                  () -> {
                    isOver.set(true);
                    Optional.ofNullable(sent.get()).ifPresent(HttpClientRequest::reset);
                  });
              door.client()
                  .request(request)
                  .onFailure(failure -> emitter.complete(lost(failure)))
                  .onSuccess(
                      call -> {
                        sent.set(call);
                        if (isOver.get()) {
                          call.reset();
                        } else {
                          listen(call, emitter);
                        }
                      });
            })
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
                    new End.Lost("LibreChat's stream answered with " + response.statusCode()));
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
                  end -> emitter.complete(new End.Lost("LibreChat's stream broke off")));
            });
  }

  private static End lost(Throwable failure) {
    return new End.Lost("LibreChat's stream was lost (" + failure.getClass().getSimpleName() + ")");
  }

  /** What this frame says of the end; most are pieces of the answer, and say nothing. */
  static Optional<End> end(String frame) {
    if (frame.lines().anyMatch(line -> line.strip().equals("event: error"))) {
      return Optional.of(new End.Failed("LibreChat could not generate an answer" + type(frame)));
    }
    // Within a text the quotes would be escaped.
    return frame.contains("\"final\":true") ? Optional.of(new End.Final()) : Optional.empty();
  }
}
