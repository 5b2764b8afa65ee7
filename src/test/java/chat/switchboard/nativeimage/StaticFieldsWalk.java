package chat.switchboard.nativeimage;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Initialises every class below a folder, walks the objects behind their static fields, and prints
 * each object of a class that a native image initialises at run time: the image would not build
 * with such an object in its heap. Runs in a process of its own, in which no class has been
 * initialised before and the fields of the JDK are open.
 *
 * <p>Arguments: the folder of the classes, and a file with the names of the forbidden classes.
 */
final class StaticFieldsWalk {

  /** More objects than all of them hold together: only an endless structure is larger. */
  private static final int MOST_OBJECTS = 5_000_000;

  private final Set<String> forbidden;
  private final Map<Object, Boolean> seen = new IdentityHashMap<>();
  private final ArrayDeque<Found> open = new ArrayDeque<>();
  private final Set<String> reports = new TreeSet<>();

  private record Found(Object object, String root) {}

  private StaticFieldsWalk(Set<String> forbidden) {
    this.forbidden = forbidden;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    StaticFieldsWalk walk =
        new StaticFieldsWalk(Set.copyOf(Files.readAllLines(Path.of(arguments[1]))));
    int classes = 0;
    for (String name : names(folder)) {
      try {
        walk.start(Class.forName(name));
        classes++;
      } catch (Throwable notHere) {
        // A class that cannot be initialised without its container has no static state.
        System.out.println("skipped " + name + ": " + notHere.getClass().getSimpleName());
      }
    }
    walk.finish();
    walk.reports.forEach(report -> System.out.println("forbidden " + report));
    System.out.println("walked " + walk.seen.size() + " objects of " + classes + " classes");
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(file -> folder.relativize(file).toString())
          .map(file -> file.substring(0, file.length() - 6).replace('/', '.').replace('\\', '.'))
          .sorted()
          .toList();
    }
  }

  private void start(Class<?> type) throws IllegalAccessException {
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        field.setAccessible(true);
        add(field.get(null), type.getName() + "." + field.getName());
      }
    }
  }

  private void finish() {
    while (!open.isEmpty()) {
      if (seen.size() > MOST_OBJECTS) {
        reports.add(open.peek().root + " leads to more than " + MOST_OBJECTS + " objects");
        return;
      }
      Found found = open.poll();
      Class<?> type = found.object.getClass();
      if (type.isArray()) {
        if (!type.getComponentType().isPrimitive()) {
          for (int i = 0; i < Array.getLength(found.object); i++) {
            add(Array.get(found.object, i), found.root);
          }
        }
        continue;
      }
      for (Class<?> part = type; part != null; part = part.getSuperclass()) {
        if (forbidden.contains(part.getName())) {
          reports.add(found.root + " holds an object of " + type.getName());
        }
        for (Field field : part.getDeclaredFields()) {
          follow(found, field);
        }
      }
    }
  }

  private void follow(Found found, Field field) {
    if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
      return;
    }
    try {
      field.setAccessible(true);
      add(field.get(found.object), found.root);
    } catch (RuntimeException | IllegalAccessException closed) {
      // A module that the process does not open contains no object of the service.
    }
  }

  private void add(Object object, String root) {
    // A class is no object of the image heap; the static fields of the service's classes are walked
    // separately.
    if (object == null || object instanceof Class || object instanceof ClassLoader) {
      return;
    }
    if (seen.put(object, true) == null) {
      open.add(new Found(object, root));
    }
  }
}
