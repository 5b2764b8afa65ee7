package chat.switchboard.hooks;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the hook of a webhook: first in the configuration, then in the database. */
@ApplicationScoped
class HookDirectory {

  private final HookStore store;
  private final ConfiguredHooks configured;
  private final HookSecrets sealer;
  private final Clock clock;

  HookDirectory(HookStore store, ConfiguredHooks configured, HookSecrets sealer, Clock clock) {
    this.store = store;
    this.configured = configured;
    this.sealer = sealer;
    this.clock = clock;
  }

  /** Returns the hook with this name; a name that no hook can have is not looked up. */
  Uni<Optional<ActiveHook>> find(String name) {
    if (!HookValidator.isName(name)) {
      return Uni.createFrom().item(Optional.empty());
    }
    Optional<Hook> own = configured.find(name);
    return own.isPresent()
        ? Uni.createFrom().item(active(own.get(), configured.secrets(name)))
        : store
            .findById(name)
            .map(
                found ->
                    Optional.ofNullable(found)
                        .flatMap(
                            entity ->
                                active(
                                    HookMapper.toHook(entity),
                                    HookMapper.secrets(entity, sealer, clock.instant()))));
  }

  /** Empty for a hook whose scheme a later release removed. */
  private static Optional<ActiveHook> active(Hook hook, List<String> secrets) {
    return Schemes.named(hook.scheme())
        .map(
            scheme ->
                new ActiveHook(hook, hook.settings().applyTo(scheme, new ArrayList<>()), secrets));
  }
}
