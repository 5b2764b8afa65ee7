package chat.switchboard.support;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every setting of the service, as the interfaces with {@link ConfigMapping} declare them. */
public final class Settings {

  /** A service number, as the example and the document write the key of a map. */
  public static final String EXAMPLE_KEY = "\"+15557654321\"";

  /** The key of the other maps, whose keys are names. */
  public static final String OTHER_KEY = "\"name\"";

  private static final Path SOURCES = Path.of("src/main/java");
  private static final String ROOT = "chat.switchboard";

  private Settings() {}

  /** The interfaces, in the order of their names. */
  public static List<Class<?>> mappings() {
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      List<Class<?>> mappings = new ArrayList<>();
      for (Path source : sources.filter(Files::isRegularFile).sorted().toList()) {
        if (Files.readString(source).contains("\n@ConfigMapping(")) {
          String name = SOURCES.relativize(source).toString();
          mappings.add(
              Class.forName(name.substring(0, name.length() - ".java".length()).replace('/', '.')));
        }
      }
      return mappings;
    } catch (IOException | ClassNotFoundException unreadable) {
      throw new IllegalStateException("The interfaces cannot be read", unreadable);
    }
  }

  /**
   * The method of each setting by the name of the setting.
   *
   * @param key the key for the settings of a service number; an asterisk is the key of every map
   */
  public static SortedMap<String, Method> all(String key) {
    SortedMap<String, Method> settings =
        new TreeMap<>(Comparator.comparing((String name) -> name.replace('.', '\0')));
    mappings()
        .forEach(
            type -> collect(type, type.getAnnotation(ConfigMapping.class).prefix(), key, settings));
    return settings;
  }

  private static void collect(Class<?> group, String prefix, String key, Map<String, Method> into) {
    for (Method method : group.getMethods()) {
      WithName other = method.getAnnotation(WithName.class);
      String name =
          prefix
              + "."
              + (other != null
                  ? other.value()
                  : method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      Type type = method.getGenericReturnType();
      if (isGroup(type)) {
        collect((Class<?>) type, name, key, into);
      } else if (isCollectionOf(type, List.class)) {
        collect((Class<?>) element(type), name + "[0]", key, into);
      } else if (isCollectionOf(type, Map.class)) {
        boolean isNumber = method.getName().equals("numbers") || key.equals("*");
        String of = isNumber ? key : OTHER_KEY;
        collect((Class<?>) element(type), name + "." + of, key, into);
      } else if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
        into.put(name + "." + (key.equals("*") ? key : OTHER_KEY), method);
      } else if (into.put(name, method) != null) {
        throw new IllegalStateException(name + " is declared twice");
      }
    }
  }

  private static boolean isCollectionOf(Type type, Class<?> collection) {
    return type instanceof ParameterizedType generic
        && generic.getRawType() == collection
        && isGroup(element(type));
  }

  /** The values of a map, or the elements of a list. */
  private static Type element(Type type) {
    Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
    return arguments[arguments.length - 1];
  }

  private static boolean isGroup(Type type) {
    return type instanceof Class<?> one && one.isInterface() && one.getName().startsWith(ROOT);
  }

  /** The default of a setting; null where it has none. */
  public static String defaultOf(Method setting) {
    WithDefault value = setting.getAnnotation(WithDefault.class);
    return value == null ? null : value.value();
  }
}
