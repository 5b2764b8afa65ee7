@NullMarked
package chat.switchboard.redis;

import org.jspecify.annotations.NullMarked;
