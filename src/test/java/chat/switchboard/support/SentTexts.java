package chat.switchboard.support;

import chat.switchboard.outbound.Consent;
import chat.switchboard.outbound.Outgoing;
import chat.switchboard.outbound.OutgoingText;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Replaces the outbox and records the texts: each id once. */
@Alternative
@ApplicationScoped
public class SentTexts implements Outgoing, Consent {

  private static final Map<String, OutgoingText> KEPT = new ConcurrentHashMap<>();

  /** People who said STOP. */
  public static final Set<String> OPTED_OUT = ConcurrentHashMap.newKeySet();

  @Override
  public Uni<Void> queue(OutgoingText text) {
    KEPT.putIfAbsent(text.id(), text);
    return Uni.createFrom().voidItem();
  }

  @Override
  public Uni<Boolean> mayReceive(String person, Optional<String> ourNumber) {
    return Uni.createFrom().item(!OPTED_OUT.contains(person));
  }

  /** Returns the texts to this phone. */
  public static List<OutgoingText> to(String phone) {
    return KEPT.values().stream().filter(text -> text.to().equals(phone)).toList();
  }
}
