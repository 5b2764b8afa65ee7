package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.text.Choices;
import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** One text message, or one part of a long text: the content of one request to Twilio. */
@MongoEntity(collection = OutboxEntry.COLLECTION)
public class OutboxEntry extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_outbox";

  /**
   * Computed from the request for the text; the id of a further part ends with the part's number.
   */
  @BsonId public String id;

  /** The id of the first part, which callers know. */
  public String textId;

  /**
   * Computed from the whole request, to distinguish a repeated request from another text under the
   * same key.
   */
  public String fingerprint;

  public Integer part;
  public Integer parts;

  /**
   * The service number or messaging service that sends the text; missing while none is configured.
   */
  public String sender;

  /** A copy of the sender while the text is open, so that an index contains only open texts. */
  public String lane;

  /** The person. */
  public String phoneNumber;

  public String conversationId;

  /** The text that the phone shows; sealed if it contains a code. */
  public String body;

  public Boolean sealed;

  /**
   * The files that go with the text, each with its fields of {@link EntryFile}; missing if there
   * are none.
   */
  public List<Document> files;

  /** When the files are due to be fetched; missing once they are, and for a text without files. */
  public Date filesDueAt;

  /** The fencing token of the worker that fetches the files. */
  public String filesClaim;

  public Integer filesAttempts;

  /** The choices below the text, in their order; missing if there are none. */
  public List<String> choices;

  /** The person's account if the text has choices, so that an index contains only such texts. */
  public String choicesFor;

  /** The words above the choices if the carrier shows the choices as buttons or as a list. */
  public String choicesBody;

  public Integer segments;
  public String encoding;

  /** The mapping that was created for the text, and the mapping's code, sealed. */
  public String mappingId;

  public String code;

  public OutboxState state;

  /** The reason of the state, in one sentence. */
  public String cause;

  /** Twilio's error code. */
  public Integer errorCode;

  /** Twilio's SID of the message. */
  public String sid;

  /** Twilio's SIDs of earlier tries, whose reports no longer count. */
  public List<String> pastSids;

  /** The fencing token of the process that sends the text: new at each try. */
  public String claim;

  public Integer attempts;

  /** The time of the next step: a try, a takeover, or the end of a wait. */
  public Date nextAttemptAt;

  /** When the text is to be sent, if the text waits or waited for a time; see {@link HeldTexts}. */
  public Date sendAt;

  /** Whether the text waits for the end of the person's quiet hours; missing if not. */
  public Boolean quietHours;

  /** What happens to the text outside WhatsApp's window; missing for the setting. */
  public OutsideWindow outsideWindow;

  /** Whether the text waits for the person's next message, which opens WhatsApp's window. */
  public Boolean awaitsWindow;

  /** When a text fails that waits, or waited, for WhatsApp's window. */
  public Date windowUntil;

  /** The template that a caller sends: {@code contentSid}, {@code variables}. */
  public Document template;

  /** Whether the last try went as the template that is configured for a closed window. */
  public Boolean asTemplate;

  /** Whether the spend guard has not counted the held text yet; missing if it has. */
  public Boolean uncounted;

  /** The order of arrival: the database server's time if available, as in the inbox. */
  public BsonTimestamp arrival;

  public Date queuedAt;

  /** A counter within one process. */
  public Long sequence;

  /** All states of the text: {@code state}, {@code at}, {@code cause}. */
  public List<Document> history;

  /** Set while the listeners have not taken the end of the text, see {@link TextNews}. */
  public Boolean untold;

  /** When the database may delete the entry. */
  public Date forgetAt;

  /** Returns the ids of all parts of the text. */
  List<String> ids() {
    List<String> ids = new ArrayList<>(List.of(textId));
    for (int i = 2; parts != null && i <= parts; i++) {
      ids.add(textId + "." + i);
    }
    return ids;
  }

  /** Returns the template that a caller sends. */
  public Optional<TemplateMessage> template() {
    if (template == null) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    template
        .get("variables", new Document())
        .forEach((name, value) -> variables.put(name, String.valueOf(value)));
    return Optional.of(new TemplateMessage(template.getString("contentSid"), variables));
  }

  /** Returns the choices that the carrier shows as buttons or as a list. */
  Optional<Carrier.Buttons> buttons() {
    if (choicesBody == null || choices == null) {
      return Optional.empty();
    }
    boolean isWhatsApp = PhoneAddress.of(phoneNumber).channel() == Channel.WHATSAPP;
    return Optional.of(
        new Carrier.Buttons(
            choicesBody, choices, isWhatsApp && !new Choices("", choices).isForButtons()));
  }

  /** The words as they are stored; empty if they are sealed. */
  String openWords() {
    return body == null || Boolean.TRUE.equals(sealed) ? "" : body;
  }

  /** Whether a caller or an operator can cancel the text: it waits for a time, or has waited. */
  public boolean mayBeCancelled() {
    return state == OutboxState.HELD
        || state == OutboxState.CANCELLED
        || (state == OutboxState.QUEUED && sendAt != null);
  }

  /** One change of the state. */
  public record Change(OutboxState state, Date at, String cause) {}

  /** Returns all states of the text, the first one first. */
  public List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    if (history != null) {
      history.forEach(
          one ->
              changes.add(
                  new Change(
                      OutboxState.valueOf(one.getString("state")),
                      one.getDate("at"),
                      one.getString("cause"))));
    }
    return changes;
  }
}
