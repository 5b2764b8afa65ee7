/**
 * HTTP for all doors and clients: limits, errors, files, probes. A value is never null where it is
 * not marked {@code @Nullable} (NullAway checks).
 */
@NullMarked
package chat.switchboard.http;

import org.jspecify.annotations.NullMarked;
