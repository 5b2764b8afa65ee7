package chat.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * {@code ./mvnw test -Dgroups=unit} runs each test that needs no application and no other test: the
 * tag "unit" is at every test class without {@link QuarkusTest}, and at no other. JUnit and jqwik
 * read a tag annotation each of their own.
 */
@Tag("unit")
class UnitTagTest {

  private static final String UNIT = "unit";

  /** Test classes without an application that start other processes. */
  private static final Set<String> WITH_PROCESSES =
      Set.of("ManifestsTest", "SimulationReplayTest", "StaticFieldsTest");

  private final List<Class<?>> testClasses =
      ReflectionSupport.findAllClassesInPackage(
          "chat.switchboard",
          type -> !type.isMemberClass() && !type.isAnonymousClass(),
          name -> name.endsWith("Test"));

  @Test
  void a_test_class_has_the_tag_unit_unless_an_application_or_a_process_runs_for_it() {
    Set<String> wrong = new TreeSet<>();
    for (Class<?> type : testClasses) {
      boolean isPure =
          !type.isAnnotationPresent(QuarkusTest.class)
              && !WITH_PROCESSES.contains(type.getSimpleName());
      if (isTagged(type, Tag.class, Tag::value) != (isPure && hasTests(type))) {
        wrong.add(type.getName() + (isPure ? " lacks JUnit's tag" : " has JUnit's tag"));
      }
      if (isTagged(type, net.jqwik.api.Tag.class, net.jqwik.api.Tag::value)
          != (isPure && hasProperties(type))) {
        wrong.add(type.getName() + (isPure ? " lacks jqwik's tag" : " has jqwik's tag"));
      }
    }
    assertThat(testClasses).hasSizeGreaterThan(100);
    assertThat(wrong).isEmpty();
  }

  @Test
  void the_test_classes_that_are_left_out_exist() {
    assertThat(testClasses).extracting(Class::getSimpleName).containsAll(WITH_PROCESSES);
  }

  private static boolean hasTests(Class<?> type) {
    return has(
        type,
        method -> AnnotationSupport.isAnnotated(method, Testable.class) && !isProperty(method));
  }

  private static boolean hasProperties(Class<?> type) {
    return has(type, UnitTagTest::isProperty);
  }

  /** Also among the methods that the class inherits. */
  private static boolean has(Class<?> type, Predicate<Method> wanted) {
    return !ReflectionSupport.findMethods(type, wanted, HierarchyTraversalMode.TOP_DOWN).isEmpty();
  }

  private static boolean isProperty(Method method) {
    return method.isAnnotationPresent(Property.class) || method.isAnnotationPresent(Example.class);
  }

  private static <T extends Annotation> boolean isTagged(
      Class<?> type, Class<T> annotation, Function<T, String> value) {
    return Stream.of(type.getAnnotationsByType(annotation)).map(value).anyMatch(UNIT::equals);
  }
}
