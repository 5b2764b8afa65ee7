package chat.switchboard.ops;

/** The database was away and is back: what happened there meanwhile was not noticed here. */
public record DatabaseBack() {}
