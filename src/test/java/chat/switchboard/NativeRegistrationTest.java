package chat.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.ServiceClasses;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Finds types that a native image would silently lose or write as an empty object: this test
 * follows each type that is written as JSON or stored to the types of its fields.
 */
@Tag("unit")
class NativeRegistrationTest {

  private final JavaClasses code = ServiceClasses.imported();

  @Test
  void types_of_fields_of_registered_types_and_entities_are_registered() {
    Set<String> missing = new TreeSet<>();
    Set<JavaClass> seen = new HashSet<>();
    for (JavaClass type : code) {
      if (isRegistered(type) && !type.isInterface()) {
        walk(type, seen, missing);
      }
    }
    assertThat(seen).as("types that were looked at").hasSizeGreaterThan(8);
    assertThat(missing).isEmpty();
  }

  private void walk(JavaClass type, Set<JavaClass> seen, Set<String> missing) {
    if (!seen.add(type)) {
      return;
    }
    for (JavaField field : type.getAllFields()) {
      if (field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC)) {
        continue;
      }
      // Of List<Part> both the list and the part.
      for (JavaClass inside : field.getAllInvolvedRawTypes()) {
        if (!inside.getPackageName().startsWith("chat.switchboard") || inside.isEnum()) {
          continue;
        }
        if (!isRegistered(inside)) {
          missing.add(type.getSimpleName() + "." + field.getName() + ": " + inside.getName());
        }
        walk(inside, seen, missing);
      }
    }
  }

  /** Quarkus registers the entities of Panache itself. */
  private static boolean isRegistered(JavaClass type) {
    return type.isAnnotatedWith(RegisterForReflection.class)
        || type.isAnnotatedWith(MongoEntity.class)
        || type.getEnclosingClass().map(NativeRegistrationTest::registersNested).orElse(false);
  }

  private static boolean registersNested(JavaClass outer) {
    return outer
        .tryGetAnnotationOfType(RegisterForReflection.class)
        .map(annotation -> !annotation.ignoreNested())
        .orElse(false);
  }

  /** Read as a resource by a class that asks for it by name. */
  @Test
  void the_files_that_are_read_at_run_time_are_in_the_image() throws IOException {
    String included =
        Files.readString(Path.of("src/main/resources/application.properties"))
            .lines()
            .filter(line -> line.startsWith("quarkus.native.resources.includes="))
            .findFirst()
            .orElseThrow();
    assertThat(included).contains("com/google/i18n/phonenumbers/data/**");
  }

  /** A static field is filled when the image is built: nothing of that day may stay in it. */
  @Test
  void nothing_of_the_building_machine_is_kept_in_a_static_field() {
    List<String> dangerous =
        List.of(
            "java.security.SecureRandom",
            "java.util.Random",
            "java.time.Instant",
            "java.net.Socket",
            "java.lang.Thread",
            "java.time.Clock");
    for (JavaClass type : code) {
      for (JavaField field : type.getFields()) {
        if (field.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC)) {
          assertThat(dangerous)
              .as(field.getFullName())
              .doesNotContain(field.getRawType().getName());
        }
      }
    }
  }
}
