/**
 * What makes text fit to show and to send. A value is never null where it is not marked
 * {@code @Nullable} (NullAway checks).
 */
@NullMarked
package chat.switchboard.text;

import org.jspecify.annotations.NullMarked;
