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
   * @param key the key for the settings in a map
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
      } else if (type instanceof ParameterizedType map
          && map.getRawType() == Map.class
          && isGroup(map.getActualTypeArguments()[1])) {
        collect((Class<?>) map.getActualTypeArguments()[1], name + "." + key, key, into);
      } else if (into.put(name, method) != null) {
        throw new IllegalStateException(name + " is declared twice");
      }
    }
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
