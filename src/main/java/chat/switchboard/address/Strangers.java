package chat.switchboard.address;

/** What happens to people who are not known yet. */
public enum Strangers {
  CREATE,
  PAIR,
  REJECT
}
