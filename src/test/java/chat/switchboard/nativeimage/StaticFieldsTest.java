package chat.switchboard.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A native image is built with the static fields of our classes filled in. An object in them, at
 * any depth, of a class that Quarkus names for run-time initialisation stops the build.
 */
class StaticFieldsTest {

  /**
   * The classes that Quarkus's generated Feature initialises at run time. {@code .ci/run} compares
   * the list with what the build generates.
   */
  private static final Path RUN_TIME = Path.of("src/test/resources/native/run-time-classes.txt");

  @Test
  void no_static_field_holds_an_object_that_a_native_image_makes_at_run_time() throws Exception {
    List<String> output = walk(Path.of("target/classes"));
    assertThat(output)
        .noneMatch(line -> line.startsWith("forbidden "))
        .noneMatch(line -> line.startsWith("skipped "));
    assertThat(output.get(output.size() - 1)).matches("walked \\d+ objects of \\d{3,} classes");
  }

  @Test
  void the_walk_finds_a_buffer_and_an_object_id_at_any_depth() throws Exception {
    Path classes = Files.createTempDirectory(Path.of("target"), "statics");
    String name = Kept.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(classes.resolve(name).getParent());
    Files.copy(Path.of("target/test-classes", name), classes.resolve(name));
    assertThat(walk(classes))
        .filteredOn(line -> line.startsWith("forbidden "))
        .anyMatch(line -> line.contains("Kept.DEEP holds an object of io.vertx"))
        .anyMatch(line -> line.contains("Kept.ID holds an object of org.bson.types.ObjectId"));
  }

  /** Static fields that the walk must report. */
  static final class Kept {
    static final List<Object> DEEP = List.of(List.of(io.vertx.core.buffer.Buffer.buffer("x")));
    static final org.bson.types.ObjectId ID = new org.bson.types.ObjectId(new byte[12]);

    private Kept() {}
  }

  private static List<String> walk(Path classes) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ModuleLayer.boot()
        .findModule("java.base")
        .orElseThrow()
        .getPackages()
        .forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    command.addAll(
        List.of(
            "-Dorg.jboss.logging.provider=jdk",
            "-cp",
            System.getProperty("java.class.path"),
            StaticFieldsWalk.class.getName(),
            classes.toString(),
            RUN_TIME.toString()));
    Path output = Files.createTempFile(Path.of("target"), "statics", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return Files.readAllLines(output);
  }
}
