/**
 * Addresses of people and numbers. A value is never null where it is not marked {@code @Nullable}
 * (NullAway checks).
 */
@NullMarked
package chat.switchboard.phone;

import org.jspecify.annotations.NullMarked;
