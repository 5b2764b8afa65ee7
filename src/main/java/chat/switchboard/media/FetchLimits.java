package chat.switchboard.media;

import java.time.Duration;

/**
 * The bounds of one fetch.
 *
 * @param bytes the largest file
 * @param connect the timeout of a connection, TLS included
 * @param silence until the first byte, and between two parts
 * @param total from the first request to the last byte, redirects included
 * @param redirects how many are followed
 */
record FetchLimits(long bytes, Duration connect, Duration silence, Duration total, int redirects) {}
