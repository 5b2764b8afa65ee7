package chat.switchboard.phone;

/** What happens to people who are not known yet. */
public enum Strangers {
  CREATE,
  PAIR,
  REJECT
}
