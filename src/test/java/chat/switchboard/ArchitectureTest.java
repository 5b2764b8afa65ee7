package chat.switchboard;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import chat.switchboard.mongo.IndexPlan;
import chat.switchboard.mongo.Store;
import chat.switchboard.support.ServiceClasses;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keeps the table of folders true. */
@Tag("unit")
class ArchitectureTest {

  private static final String ROOT = "chat.switchboard";

  /**
   * Each folder and the others that it may use. Every folder may use the settings and checks, ops,
   * and what makes text fit to show and to send, text. No folder uses dev.
   */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("dev", List.of("twilio", "librechat", "http", "mongo")),
          Map.entry(
              "inbound",
              List.of(
                  "media",
                  "routing",
                  "librechat",
                  "stream",
                  "replies",
                  "address",
                  "http",
                  "mongo")),
          Map.entry(
              "api",
              List.of(
                  "inbound",
                  "media",
                  "routing",
                  "outbound",
                  "stream",
                  "librechat",
                  "replies",
                  "hooks",
                  "events",
                  "phones",
                  "address",
                  "http",
                  "mongo")),
          Map.entry(
              "mcp",
              List.of(
                  "api",
                  "phones",
                  "replies",
                  "outbound",
                  "routing",
                  "librechat",
                  "address",
                  "http",
                  "mongo")),
          Map.entry(
              "twilio",
              List.of(
                  "inbound", "media", "outbound", "phones", "routing", "address", "http", "mongo")),
          Map.entry(
              "phones",
              List.of("inbound", "outbound", "routing", "librechat", "address", "http", "mongo")),
          Map.entry(
              "replies",
              List.of(
                  "librechat",
                  "feed",
                  "stream",
                  "outbound",
                  "routing",
                  "address",
                  "http",
                  "mongo")),
          Map.entry("routing", List.of("librechat", "address", "http", "mongo")),
          Map.entry("outbound", List.of("address", "http", "mongo")),
          Map.entry("media", List.of("outbound", "librechat", "address", "http", "mongo")),
          Map.entry(
              "hooks", List.of("inbound", "routing", "librechat", "address", "http", "mongo")),
          Map.entry(
              "events",
              List.of("inbound", "replies", "outbound", "librechat", "address", "http", "mongo")),
          Map.entry("stream", List.of("feed", "librechat", "http", "mongo")),
          Map.entry("feed", List.of("librechat", "mongo", "redis")),
          Map.entry("librechat", List.of("http", "mongo")),
          Map.entry("address", List.of("http", "mongo")),
          Map.entry("http", List.of()),
          Map.entry("mongo", List.of()),
          Map.entry("redis", List.of()),
          Map.entry("ops", List.of()),
          Map.entry("text", List.of()));

  private final JavaClasses code = ServiceClasses.imported();

  @TestFactory
  List<DynamicTest> each_folder_uses_only_those_below_it() {
    return MAY_USE.entrySet().stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(
                    folder.getKey(), () -> check(folder.getKey(), folder.getValue())))
        .toList();
  }

  private void check(String folder, List<String> allowed) {
    DescribedPredicate<JavaClass> ours = resideInAPackage(ROOT + "..");
    String[] permitted =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(folder, "ops", "text"), allowed.stream())
            .map(name -> ROOT + "." + name)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + folder)
        .should()
        .dependOnClassesThat(ours.and(DescribedPredicate.not(resideInAnyPackage(permitted))))
        .allowEmptyShould(true)
        .check(code);
  }

  @Test
  void every_class_is_in_one_of_the_folders() {
    classes()
        .should()
        .resideInAnyPackage(
            MAY_USE.keySet().stream().map(name -> ROOT + "." + name).toArray(String[]::new))
        .check(code);
  }

  @Test
  void the_folders_have_no_cycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(code);
  }

  /** Classes outside of the stores that query the database: they prepare the demo's data. */
  private static final Set<String> DEMO =
      Set.of("dev.DemoData", "dev.PhoneSimulator", "dev.SimulatedWhatsApp");

  /** Only a store knows the fields of its collection; an index plan names fields too. */
  @Test
  void only_stores_mongo_and_librechat_query_the_database() {
    DescribedPredicate<JavaClass> mayQuery =
        DescribedPredicate.describe(
            "are stores or index plans, or lie in mongo or librechat",
            type ->
                type.isAnnotatedWith(Store.class)
                    || type.isAssignableTo(ReactivePanacheMongoRepositoryBase.class)
                    || type.isAssignableTo(IndexPlan.class)
                    || List.of(ROOT + ".mongo", ROOT + ".librechat").contains(type.getPackageName())
                    || isDemo(type));
    DescribedPredicate<JavaClass> query =
        resideInAnyPackage("com.mongodb.client..", "io.quarkus.mongodb..")
            .and(not(assignableTo(MongoEntity.class)))
            .and(not(assignableTo(ReactivePanacheMongoEntityBase.class)));
    noClasses().that(not(mayQuery)).should().dependOnClassesThat(query).check(code);
  }

  private static boolean isDemo(JavaClass type) {
    String outermost = type.getName().replaceAll("\\$.*", "");
    return DEMO.contains(outermost.substring(ROOT.length() + 1));
  }

  /**
   * The dependency of an observer on an event's type is then a dependency on the folder that fires
   * the event, and the table of folders holds for events as well.
   */
  @Test
  void an_event_is_declared_in_the_folder_that_fires_it() {
    fields()
        .that()
        .haveRawType(Event.class)
        .should(
            new ArchCondition<>("fire an event of their own folder") {
              @Override
              public void check(JavaField field, ConditionEvents events) {
                boolean own =
                    field.getAllInvolvedRawTypes().stream()
                        .filter(type -> type.getPackageName().startsWith(ROOT))
                        .allMatch(
                            type ->
                                type.getPackageName().equals(field.getOwner().getPackageName()));
                events.add(new SimpleConditionEvent(field, own, field.getDescription()));
              }
            })
        .check(code);
  }

  /** The rule above reads the fields of the classes. */
  @Test
  void an_event_is_fired_by_an_injected_field() {
    noClasses().should().callMethod(BeanManager.class, "getEvent").check(code);
    fields()
        .that()
        .haveRawType(Event.class)
        .should(
            new ArchCondition<>("name the type of the event") {
              @Override
              public void check(JavaField field, ConditionEvents events) {
                events.add(
                    new SimpleConditionEvent(
                        field,
                        field.getAllInvolvedRawTypes().stream()
                            .anyMatch(type -> type.getPackageName().startsWith(ROOT)),
                        field.getDescription()));
              }
            })
        .check(code);
  }

  @Test
  void no_code_blocks_a_thread_to_await_a_uni() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "Uni.await()",
                call ->
                    call.getTarget().getName().equals("await")
                        && call.getTargetOwner().getPackageName().startsWith("io.smallrye.mutiny")))
        .check(code);
  }

  /** In a native image an unregistered type is written as an empty object, or not at all. */
  @Test
  void types_written_as_json_are_registered_for_native_images() {
    classes()
        .that()
        .haveSimpleNameEndingWith("View")
        .or()
        .haveSimpleNameEndingWith("Event")
        .or()
        .haveSimpleName("Problem")
        .should()
        .beAnnotatedWith(RegisterForReflection.class)
        .check(code);
  }

  @Test
  void beans_get_what_they_need_through_their_constructors() {
    fields().should().notBeAnnotatedWith(Inject.class).check(code);
  }
}
