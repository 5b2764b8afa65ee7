package chat.switchboard.ops;

/**
 * A place between two steps at which a test can let the process die, as by SIGKILL: nothing is
 * finished, no hook runs. It is named by a system property of the Java machine, and by nothing that
 * configures a deployment; without it this costs a look into a table.
 */
public final class FaultPoint {

  private static final String PROPERTY = "chat.switchboard.test.die-at";

  private FaultPoint() {}

  /** Dies here, if a test has chosen this place. */
  public static void reached(String place) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null && chosen.equals(place)) {
      Runtime.getRuntime().halt(137);
    }
  }
}
