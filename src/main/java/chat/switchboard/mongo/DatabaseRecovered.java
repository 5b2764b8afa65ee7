package chat.switchboard.mongo;

/**
 * Event: the database can be reached again after an outage; this process did not see the changes in
 * between.
 */
public record DatabaseRecovered() {}
