package chat.switchboard.mongo;

/** The lease was lost, or could not be had in time: another replica may do the work now. */
public final class LeaseLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLost(LeaseKey key) {
    super("The lease of " + key + " was lost", null, false, false);
  }
}
