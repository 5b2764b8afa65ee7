package chat.switchboard.mongo;

/** The database was away and is back: what happened there meanwhile was not noticed here. */
public record DatabaseRecovered() {}
