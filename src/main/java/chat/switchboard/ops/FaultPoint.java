package chat.switchboard.ops;

/**
 * A place between two steps at which a test can kill the process, as by SIGKILL: no step is
 * finished and no hook runs. A system property of the JVM chooses the place; no setting of a
 * deployment can. Without the property a call costs one look-up in a table.
 */
public final class FaultPoint {

  private static final String PROPERTY = "chat.switchboard.test.die-at";

  private FaultPoint() {}

  /** Kills the process if a test has chosen this place. */
  public static void reached(String place) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null && chosen.equals(place)) {
      Runtime.getRuntime().halt(137);
    }
  }
}
