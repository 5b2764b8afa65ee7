package chat.switchboard.api;

import java.util.Set;

/**
 * What each door needs of a key. A table, because a native image does not know the annotations of
 * methods. A new door needs {@code read} for GET and {@code operate} for everything else, and
 * refuses a key that is limited to one user.
 */
final class DoorScopes {

  private static final Set<String> SENDING = Set.of("send", "sendToAll");

  private DoorScopes() {}

  /**
   * @param door the class of the door
   * @param operation the name of the door's method
   * @param method the HTTP method
   */
  static Scope needed(Class<?> door, String operation, String method) {
    if (door == AuditDoor.class) {
      return Scope.OPERATE;
    }
    if (method.equals("GET") || method.equals("HEAD")) {
      return Scope.READ;
    }
    if (door == MessagesDoor.class) {
      return Scope.INJECT;
    }
    return door == SmsDoor.class && SENDING.contains(operation) ? Scope.SEND : Scope.OPERATE;
  }

  /** Whether a key may use an operation of a door that needs this scope. */
  static boolean permits(ApiKey key, Class<?> door, Scope needed) {
    boolean isPermitted =
        key.scopes().contains(needed)
            || (door == TemplatesDoor.class && key.scopes().contains(Scope.SEND));
    return isPermitted && (key.owner().isEmpty() || knowsOwners(door));
  }

  /** Whether a door shows a key that is limited to one user only that user's things. */
  static boolean knowsOwners(Class<?> door) {
    return door == HooksDoor.class;
  }
}
