package chat.switchboard.hooks;

import java.util.List;

/**
 * A hook with all that its webhooks need.
 *
 * @param scheme the scheme with the settings of the hook
 * @param secrets the secrets that are valid now, the newest first
 */
record ActiveHook(Hook hook, Scheme scheme, List<String> secrets) {

  ActiveHook {
    secrets = List.copyOf(secrets);
  }
}
