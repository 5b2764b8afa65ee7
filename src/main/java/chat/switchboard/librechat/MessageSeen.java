package chat.switchboard.librechat;

/** A message that LibreChat or another replica has written was seen in the database. */
public record MessageSeen(Message message) {}
