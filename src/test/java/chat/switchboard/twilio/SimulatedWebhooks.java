package chat.switchboard.twilio;

import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Takes Twilio's webhooks in the simulation, as the doors do after the check of the signature. */
public final class SimulatedWebhooks {

  private static final Method RECEIVE = method(WebhookDoor.class, SignedForm.class);
  private static final Method HEAR = method(StatusDoor.class, SignedForm.class, Optional.class);

  private final WebhookDoor texts;
  private final StatusDoor reports;

  SimulatedWebhooks(WebhookDoor texts, StatusDoor reports) {
    this.texts = texts;
    this.reports = reports;
  }

  private static Method method(Class<?> door, Class<?>... arguments) {
    try {
      Method method =
          door.getDeclaredMethod(door == WebhookDoor.class ? "receive" : "hear", arguments);
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a text of a person; the result is TwiML. */
  public Uni<String> text(Map<String, String> fields) {
    return call(RECEIVE, texts, form(fields));
  }

  /**
   * Takes a status callback.
   *
   * @param id the id in the URL of the callback
   */
  public Uni<String> report(Map<String, String> fields, String id) {
    return call(HEAR, reports, form(fields), Optional.of(id));
  }

  @SuppressWarnings("unchecked")
  private static Uni<String> call(Method method, Object door, Object... arguments) {
    try {
      return (Uni<String>) method.invoke(door, arguments);
    } catch (InvocationTargetException e) {
      return Uni.createFrom().failure(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SignedForm form(Map<String, String> fields) {
    Map<String, List<String>> values = new TreeMap<>();
    fields.forEach((name, value) -> values.put(name, List.of(value)));
    return new SignedForm(values);
  }
}
