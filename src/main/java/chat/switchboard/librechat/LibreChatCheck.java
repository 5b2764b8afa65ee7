package chat.switchboard.librechat;

import chat.switchboard.http.HttpProbe;
import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.ClockSkew;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.MachineTime;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Checks whether LibreChat can be reached, its version and its clock. */
@Singleton
class LibreChatCheck implements Check {

  private static final String MEND =
      "Set LIBRECHAT_URL to LibreChat's address as this service reaches it, such as "
          + "http://librechat:3080, and check that LibreChat runs.";

  /**
   * LibreChat writes the user's message of a run with attachments, and even a new conversation,
   * only when the run ends (LibreChat #14425).
   */
  private static final String NOT_SEEN =
      "LIBRECHAT_URL is not set: whether an answer is being generated is read from the database "
          + "alone, which does not show a run that reads attachments. A text that arrives during "
          + "such a run can end up on a hidden branch of the conversation.";

  private static final Logger LOG = Logger.getLogger(LibreChatCheck.class);

  private final LibreChatConfig config;
  private final HttpProbe asking;
  private final Clock clock;

  LibreChatCheck(LibreChatConfig config, HttpProbe asking, @MachineTime Clock clock) {
    this.config = config;
    this.asking = asking;
    this.clock = clock;
  }

  void onStart(@Observes StartupEvent event) {
    if (address().isEmpty()) {
      LOG.warn(NOT_SEEN + " " + MEND);
    }
  }

  private Optional<String> address() {
    return config.librechatUrl().map(String::strip).filter(url -> !url.isEmpty());
  }

  @Override
  public Area area() {
    return Area.LIBRECHAT;
  }

  @Override
  public String name() {
    return "LibreChat";
  }

  @Override
  public Uni<Finding> look() {
    Optional<String> set = address();
    if (set.isEmpty()) {
      return Uni.createFrom().item(Finding.warn(NOT_SEEN, MEND));
    }
    String base = set.get().replaceAll("/+$", "");
    return asking
        .get(base + "/api/config", Map.of("Accept", "application/json"))
        .map(this::of)
        .onFailure()
        .recoverWithItem(
            failure -> Finding.fail("LibreChat cannot be reached: " + failure.getMessage(), MEND));
  }

  private Finding of(Answer answer) {
    if (answer.status() != 200) {
      return Finding.fail("LibreChat responds with status " + answer.status() + ".", MEND);
    }
    String version;
    try {
      version = new JsonObject(answer.body()).getString("version");
    } catch (DecodeException | ClassCastException other) {
      return Finding.fail("The server at LIBRECHAT_URL is not LibreChat.", MEND);
    }
    String says =
        version == null
            ? "LibreChat responds; this release does not tell its version."
            : "LibreChat " + version + " answers.";
    Finding skew =
        answer
            .date()
            .map(theirs -> ClockSkew.between("LibreChat's", theirs, clock.instant()))
            .orElseGet(() -> Finding.ok(""));
    return new Finding(skew.status(), (says + " " + skew.says()).strip(), skew.mend());
  }
}
