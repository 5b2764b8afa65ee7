package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.ServiceClasses;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.twilio.rest.api.v2010.account.Message;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.annotation.Annotation;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * In a native image twilio-java's resources lose what Jackson reads by reflection: a text is sent,
 * and its answer cannot be read. We read the answer as a tree; and what the resource of a message
 * would need is registered, for whoever uses it after us.
 */
@Tag("unit")
class NativeTwilioTest {

  private final JavaClasses code = ServiceClasses.imported();

  @Test
  void no_resource_of_twilios_is_used_that_jackson_would_have_to_build() {
    Set<String> used =
        code.stream()
            .flatMap(ours -> ours.getDirectDependenciesFromSelf().stream())
            .filter(
                dependency ->
                    !dependency
                        .getOriginClass()
                        .getSimpleName()
                        .equals(NativeRegistrations.class.getSimpleName()))
            .map(dependency -> dependency.getTargetClass().getName())
            .filter(name -> name.startsWith("com.twilio."))
            .collect(Collectors.toSet());
    assertThat(used)
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("com.twilio.rest."))
        .doesNotContain("com.twilio.exception.RestException");
  }

  @Test
  void all_that_the_resource_of_a_message_is_built_from_is_registered() {
    Set<Class<?>> registered =
        Set.of(NativeRegistrations.class.getAnnotation(RegisterForReflection.class).targets());
    Set<Class<?>> needed = new LinkedHashSet<>();
    collect(Message.class, needed);
    assertThat(needed).contains(Message.class, Message.Status.class, Message.Direction.class);
    assertThat(registered).containsAll(needed);
  }

  /** The type, the types of its fields, and their deserializers. */
  private static void collect(Class<?> type, Set<Class<?>> into) {
    if (!type.getName().startsWith("com.twilio.") || !into.add(type)) {
      return;
    }
    for (Field field : type.getDeclaredFields()) {
      collect(field.getType(), into);
      readers(Stream.of(field.getAnnotations())).forEach(into::add);
    }
    Stream.concat(
            Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
        .filter(maker -> maker.isAnnotationPresent(JsonCreator.class))
        .map(Executable.class::cast)
        .flatMap(maker -> Arrays.stream(maker.getParameters()))
        .forEach(parameter -> collect(parameter, into));
  }

  private static void collect(Parameter parameter, Set<Class<?>> into) {
    if (!Collection.class.isAssignableFrom(parameter.getType())) {
      collect(parameter.getType(), into);
    }
    readers(Stream.of(parameter.getAnnotations())).forEach(into::add);
  }

  private static Stream<Class<?>> readers(Stream<Annotation> annotations) {
    return annotations
        .filter(JsonDeserialize.class::isInstance)
        .map(JsonDeserialize.class::cast)
        .<Class<?>>map(JsonDeserialize::using)
        .filter(reader -> reader.getName().startsWith("com.twilio."));
  }
}
