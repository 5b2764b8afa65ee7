/**
 * What an operator sets, reads and is told. A value is never null where it is not marked
 * {@code @Nullable} (NullAway checks).
 */
@NullMarked
package chat.switchboard.ops;

import org.jspecify.annotations.NullMarked;
