/**
 * Addresses of people, of our numbers and of threads of webhooks. A value is never null where it is
 * not marked {@code @Nullable} (NullAway checks).
 */
@NullMarked
package chat.switchboard.address;

import org.jspecify.annotations.NullMarked;
