package chat.switchboard.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the scope that a key needs for a method, or for the methods of a class that change
 * something. Without it GET needs {@link Scope#READ}, and every other method {@link
 * Scope#OPERATE}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface NeedsScope {

  Scope value();
}
