package chat.switchboard.twilio;

import chat.switchboard.address.ServiceNumber;
import chat.switchboard.http.PublicUrl;
import chat.switchboard.outbound.Carrier;
import chat.switchboard.outbound.CarrierConfig;
import chat.switchboard.outbound.DeliveryReport.News;
import chat.switchboard.outbound.TemplateMessage;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.twilio.http.HttpMethod;
import com.twilio.http.Request;
import com.twilio.http.Response;
import com.twilio.http.TwilioRestClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Sends texts by Twilio's REST API, with Twilio's blocking client on a small thread pool. The
 * response is read as a JSON tree, which needs no registration in a native image.
 */
@ApplicationScoped
class TwilioCarrier implements Carrier {

  private static final Logger LOG = Logger.getLogger(TwilioCarrier.class);

  private static final int THREADS = 8;
  private static final int WAITING = 256;

  /** The form of a SID; the limit is longer than every SID. */
  private static final Pattern SID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /**
   * A longer Retry-After counts as an error of the server; the text then becomes a dead letter for
   * an operator.
   */
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final TwilioConfig twilioConfig;
  private final TwilioCredentialsConfig twilioCredentialsConfig;
  private final TwilioContents contents;
  private final Optional<String> statusUrl;
  private final ObjectMapper json = new ObjectMapper();
  private final Timer timer;
  private final ThreadPoolExecutor threads;
  private final OneTryClient http;
  private final TwilioRestClient client;

  TwilioCarrier(
      CarrierConfig carrierConfig,
      TwilioConfig twilioConfig,
      TwilioCredentialsConfig twilioCredentialsConfig,
      PublicUrl publicUrl,
      TwilioContents contents,
      MeterRegistry meters) {
    this.twilioConfig = twilioConfig;
    this.twilioCredentialsConfig = twilioCredentialsConfig;
    this.contents = contents;
    this.statusUrl = publicUrl.of(StatusDoor.PATH);
    this.timer = meters.timer("switchboard.twilio.requests");
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            work -> {
              Thread thread = new Thread(work, "twilio-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    this.http =
        new OneTryClient(carrierConfig.connectTimeout(), carrierConfig.readTimeout(), THREADS);
    this.client = unavailable().isPresent() ? null : client();
  }

  private TwilioRestClient client() {
    boolean withKey = twilioCredentialsConfig.apiKey().isPresent();
    return new TwilioRestClient.Builder(
            withKey
                ? twilioCredentialsConfig.apiKey().get()
                : twilioConfig.accountSid().orElseThrow(),
            withKey ? twilioCredentialsConfig.apiSecret().orElseThrow() : authToken().orElseThrow())
        .accountSid(twilioConfig.accountSid().orElseThrow())
        .httpClient(http)
        .build();
  }

  @PreDestroy
  void close() {
    threads.shutdown();
    http.stop();
  }

  @Override
  public Optional<String> unavailable() {
    if (twilioConfig.accountSid().filter(sid -> !sid.isBlank()).isEmpty()) {
      return Optional.of("TWILIO_ACCOUNT_SID is not set and no texts can be sent");
    }
    if (twilioCredentialsConfig.apiKey().isPresent()) {
      return twilioCredentialsConfig.apiSecret().isPresent()
          ? Optional.empty()
          : Optional.of("TWILIO_API_SECRET is not set and TWILIO_API_KEY cannot be used");
    }
    return authToken().isPresent()
        ? Optional.empty()
        : Optional.of(
            "Neither TWILIO_API_KEY nor TWILIO_AUTH_TOKEN is set and no texts can be sent");
  }

  private Optional<String> authToken() {
    return twilioCredentialsConfig.authTokens().orElse(List.of()).stream()
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .findFirst();
  }

  @Override
  public Uni<Outcome> send(Sms sms) {
    if (client == null) {
      return Uni.createFrom().item(new Outcome.NotSent(unavailable().orElse("")));
    }
    return sms.buttons()
        .map(contents::sid)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .flatMap(content -> handOver(sms, content))
        .onFailure(RejectedExecutionException.class)
        .recoverWithItem(new Outcome.NotSent("Too many requests to Twilio are in progress"));
  }

  /** What Twilio refuses with buttons goes without them. */
  private Uni<Outcome> handOver(Sms sms, Optional<String> content) {
    Uni<Outcome> first =
        Uni.createFrom()
            .item(() -> timer.record(() -> request(sms, content)))
            .runSubscriptionOn(threads);
    return content.isEmpty()
        ? first
        : first.flatMap(
            outcome -> {
              if (!isOfContent(outcome)) {
                return Uni.createFrom().item(outcome);
              }
              contents.forget(sms.buttons().orElseThrow());
              return handOver(sms, Optional.empty());
            });
  }

  private static boolean isOfContent(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        && TwilioErrors.OF_CONTENT.contains(refused.code());
  }

  private Outcome request(Sms sms, Optional<String> content) {
    Request request =
        new Request(
            HttpMethod.POST,
            twilioConfig.apiUrl().replaceAll("/+$", "")
                + "/2010-04-01/Accounts/"
                + twilioConfig.accountSid().orElseThrow()
                + "/Messages.json");
    request.addPostParam("To", sms.to());
    request.addPostParam(
        ServiceNumber.isMessagingService(sms.from()) ? "MessagingServiceSid" : "From", sms.from());
    if (sms.template().isPresent()) {
      request.addPostParam("ContentSid", sms.template().get().contentSid());
      request.addPostParam("ContentVariables", variables(sms.template().get()));
    } else if (content.isPresent()) {
      request.addPostParam("ContentSid", content.get());
    } else if (!sms.text().isEmpty() || sms.mediaUrls().isEmpty()) {
      request.addPostParam("Body", sms.text());
    }
    sms.mediaUrls().forEach(url -> request.addPostParam("MediaUrl", url));
    statusUrl.ifPresent(
        url ->
            request.addPostParam(
                "StatusCallback",
                url + "?id=" + URLEncoder.encode(sms.id(), StandardCharsets.UTF_8)));
    Response response;
    try {
      response = client.request(request);
    } catch (RuntimeException noAnswer) {
      if (noAnswer.getCause() instanceof OneTryClient.AnswerTooLarge) {
        return new Outcome.Ambiguous("Twilio's response was too large");
      }
      String cause = noAnswer.getCause() == null ? noAnswer.toString() : kind(noAnswer.getCause());
      return OneTryClient.hasLeft()
          ? new Outcome.Ambiguous("The request was sent but no response arrived (" + cause + ")")
          : new Outcome.NotSent("Twilio could not be reached (" + cause + ")");
    }
    return outcome(response);
  }

  private String variables(TemplateMessage template) {
    ObjectNode values = json.createObjectNode();
    template.variables().forEach(values::put);
    return values.toString();
  }

  /** The message of the exception can quote the text. */
  private static String kind(Throwable cause) {
    return cause.getClass().getSimpleName();
  }

  private Outcome outcome(Response response) {
    int status = response.getStatusCode();
    JsonNode answer = read(response);
    if (status >= 200 && status < 300) {
      return taken(status, answer);
    }
    int code = answer.path("code").asInt(0);
    String cause =
        code == 0 ? "Twilio responded " + status : TwilioErrors.sentence(code) + ", HTTP " + status;
    LOG.infof("Twilio did not accept a text: %s", cause);
    if (code == TwilioErrors.OPTED_OUT) {
      return new Outcome.OptedOut(code, cause);
    }
    if (status == 429 || TwilioErrors.mayGoLater(code)) {
      return new Outcome.TryLater(retryAfter(response), cause);
    }
    if (status == 401 || status == 403) {
      // With a wrong key every text is refused; a retry spares the operator a requeue of all texts.
      return new Outcome.TryLater(Optional.empty(), cause);
    }
    if (status >= 500) {
      // An error code of Twilio other than an internal error proves that Twilio did not accept the
      // text; the error of a gateway does not.
      return code == 0 || code == TwilioErrors.INTERNAL
          ? new Outcome.Ambiguous(cause)
          : new Outcome.TryLater(retryAfter(response), cause);
    }
    return new Outcome.Refused(code == 0 ? status : code, cause);
  }

  /** Twilio may report the failure of a message in the response that creates the message. */
  private static Outcome taken(int status, JsonNode answer) {
    String sid = answer.path("sid").asText("");
    if (!SID.matcher(sid).matches()) {
      return new Outcome.Ambiguous("Twilio responded " + status + ", but not with a message");
    }
    String word = answer.path("status").asText("").toLowerCase(Locale.ROOT);
    Optional<Integer> code =
        Optional.of(answer.path("error_code").asInt(0)).filter(number -> number > 0);
    News news =
        StatusReader.news(word, code)
            .orElseGet(
                () ->
                    // If the status is unknown or missing, only the error is known.
                    StatusReader.news(code.isPresent() ? "failed" : "accepted", code)
                        .orElseThrow());
    return new Outcome.Sent(sid, news);
  }

  private JsonNode read(Response response) {
    try {
      String content = response.getContent();
      JsonNode tree = content == null ? null : json.readTree(content);
      return tree == null ? json.missingNode() : tree;
    } catch (JsonProcessingException noJson) {
      return json.missingNode();
    }
  }

  /** In seconds; a date, which Twilio does not send, is ignored. */
  private static Optional<Duration> retryAfter(Response response) {
    return Arrays.stream(response.getHeaders())
        .filter(header -> header.getName().equalsIgnoreCase("Retry-After"))
        .map(header -> header.getValue().strip())
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .map(after -> after.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : after)
        .findFirst();
  }
}
