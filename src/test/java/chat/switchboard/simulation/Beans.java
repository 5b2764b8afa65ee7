package chat.switchboard.simulation;

import chat.switchboard.ops.MachineTime;
import chat.switchboard.support.Configured;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The objects of one replica: each class of the service is made by its constructor, as the CDI
 * container makes it, and once. So a changed constructor needs no change here.
 */
final class Beans {

  /** The settings of each simulation. */
  private static final Map<Map<String, String>, Map<Class<?>, Object>> SETTINGS = new HashMap<>();

  private static final Map<Class<?>, Optional<Method>> PRODUCERS = new HashMap<>();
  private static final Map<Class<?>, List<Class<?>>> IMPLEMENTING = new HashMap<>();
  private static final Map<Class<?>, Constructor<?>> CONSTRUCTORS = new HashMap<>();
  private static final Map<Executable, List<Wanted>> WANTED = new HashMap<>();
  private static final Map<Class<?>, Boolean> BEANS = new HashMap<>();
  private static List<Class<?>> all;

  private final Map<Class<?>, Object> objects = new LinkedHashMap<>();
  private final Map<Class<?>, Class<?>> instead = new HashMap<>();
  private final Map<String, String> values;
  private final Map<Class<?>, Object> settings;
  private final Consumer<Object> events;
  private final Clock machine;
  private final List<Class<?>> underWay = new ArrayList<>();

  /**
   * @param values the settings, by their names
   * @param events takes the events that the objects fire
   * @param machine the clock of the machine
   */
  Beans(Map<String, String> values, Consumer<Object> events, Clock machine) {
    this.values = values;
    this.settings = SETTINGS.computeIfAbsent(values, same -> new HashMap<>());
    this.machine = machine;
    this.events = events;
  }

  /** Uses this object wherever this type is wanted. */
  <T> void put(Class<T> type, T object) {
    objects.put(type, object);
  }

  /** Makes this class wherever the other class is wanted. */
  void instead(String type, Class<?> substitute) {
    try {
      instead.put(Class.forName(type), substitute);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes this class, which has no scope, as JAX-RS does. */
  void door(String type) {
    try {
      instead(type, Class.forName(type));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  <T> T get(Class<T> type) {
    return type.cast(object(type));
  }

  Object get(String type) {
    try {
      return object(Class.forName(type));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the objects that exist. */
  Collection<Object> all() {
    return objects.values();
  }

  /** Returns an object of each class that implements this type. */
  <T> List<T> each(Class<T> type) {
    return implementing(type).stream().map(one -> type.cast(object(one))).toList();
  }

  private Object object(Class<?> type) {
    Object known = objects.get(type);
    if (known != null) {
      return known;
    }
    if (underWay.contains(type)) {
      throw new IllegalStateException("Circle: " + underWay + " " + type);
    }
    underWay.add(type);
    Object made = make(type);
    underWay.remove(type);
    objects.put(type, made);
    return made;
  }

  private Object make(Class<?> type) {
    if (type.isAnnotationPresent(ConfigMapping.class)) {
      return settings.computeIfAbsent(type, this::settings);
    }
    Class<?> substitute = instead.get(type);
    if (substitute != null) {
      return construct(substitute);
    }
    if (isBean(type)) {
      return construct(type);
    }
    Optional<Method> producer = producer(type);
    if (producer.isPresent()) {
      Method method = producer.get();
      method.setAccessible(true);
      Object declaring =
          Modifier.isStatic(method.getModifiers()) ? null : object(method.getDeclaringClass());
      try {
        return method.invoke(declaring, arguments(method));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(method.toString(), e);
      }
    }
    return object(only(type));
  }

  private static Optional<Method> producer(Class<?> type) {
    return PRODUCERS.computeIfAbsent(
        type,
        wanted ->
            classes().stream()
                .flatMap(bean -> Arrays.stream(bean.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Produces.class))
                .filter(method -> method.getReturnType() == wanted)
                .findFirst());
  }

  private Class<?> only(Class<?> type) {
    List<Class<?>> candidates = implementing(type);
    if (candidates.size() != 1) {
      throw new IllegalStateException(type + " needs one of " + candidates + " for " + underWay);
    }
    return candidates.get(0);
  }

  private Object settings(Class<?> type) {
    String[] namesAndValues =
        values.entrySet().stream()
            .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
            .toArray(String[]::new);
    return Configured.with(type, namesAndValues);
  }

  private Object construct(Class<?> type) {
    Constructor<?> constructor = CONSTRUCTORS.computeIfAbsent(type, Beans::constructor);
    constructor.setAccessible(true);
    try {
      return constructor.newInstance(arguments(constructor));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.toString(), e);
    }
  }

  private static Constructor<?> constructor(Class<?> type) {
    return Arrays.stream(type.getDeclaredConstructors())
        .max(
            Comparator.comparing((Constructor<?> one) -> one.isAnnotationPresent(Inject.class))
                .thenComparing(one -> one.getParameterCount()))
        .orElseThrow();
  }

  /** What a parameter wants: reflection is slow, and all replicas have the same constructors. */
  private record Wanted(
      Class<?> type, Type generic, String property, boolean machineTime, boolean mayBeLazy) {

    static Wanted of(Parameter parameter) {
      ConfigProperty property = parameter.getAnnotation(ConfigProperty.class);
      Class<?> type = parameter.getType();
      return new Wanted(
          type,
          parameter.getParameterizedType(),
          property == null ? null : property.name(),
          parameter.isAnnotationPresent(MachineTime.class),
          type.isInterface()
              && type.getName().startsWith("chat.switchboard.")
              && !type.isAnnotationPresent(ConfigMapping.class));
    }
  }

  private Object[] arguments(Executable of) {
    List<Wanted> wanted =
        WANTED.computeIfAbsent(
            of, same -> Arrays.stream(of.getParameters()).map(Wanted::of).toList());
    Object[] arguments = new Object[wanted.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(wanted.get(i));
    }
    return arguments;
  }

  private Object argument(Wanted parameter) {
    if (parameter.property() != null) {
      String value = values.get(parameter.property());
      return parameter.type() == Optional.class ? Optional.ofNullable(value) : value;
    }
    if (parameter.machineTime()) {
      return machine;
    }
    if (parameter.type() == Event.class) {
      return Proxy.newProxyInstance(
          Beans.class.getClassLoader(),
          new Class<?>[] {Event.class},
          (self, method, arguments) -> {
            if (method.getName().equals("fire")) {
              events.accept(arguments[0]);
            }
            return null;
          });
    }
    if (parameter.type() == Instance.class) {
      return instance(((ParameterizedType) parameter.generic()).getActualTypeArguments()[0]);
    }
    Class<?> type = parameter.type();
    boolean isLazy = parameter.mayBeLazy() && !objects.containsKey(type);
    return isLazy ? lazy(type) : object(type);
  }

  /** As the container does, makes the object at its first use, which permits circles. */
  private Object lazy(Class<?> type) {
    if (!instead.containsKey(type) && producer(type).isEmpty()) {
      // Fails here: at the first use, a round of the service would take the failure for its own.
      only(type);
    }
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> {
          method.setAccessible(true);
          try {
            return method.invoke(object(type), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private Object instance(Type wanted) {
    return Proxy.newProxyInstance(
        Beans.class.getClassLoader(),
        new Class<?>[] {Instance.class},
        (self, method, arguments) ->
            switch (method.getName()) {
              case "stream" -> implementing((Class<?>) wanted).stream().map(this::object);
              case "get" -> object((Class<?>) wanted);
              case "iterator" ->
                  implementing((Class<?>) wanted).stream().map(this::object).iterator();
              default -> throw new UnsupportedOperationException(method.toString());
            });
  }

  private static List<Class<?>> implementing(Class<?> type) {
    return IMPLEMENTING.computeIfAbsent(
        type, wanted -> classes().stream().filter(wanted::isAssignableFrom).toList());
  }

  private static boolean isBean(Class<?> type) {
    return BEANS.computeIfAbsent(
        type,
        same ->
            type.isAnnotationPresent(ApplicationScoped.class)
                || type.isAnnotationPresent(Singleton.class));
  }

  /** Returns the classes of the service that the container makes. */
  private static List<Class<?>> classes() {
    if (all == null) {
      try {
        Path place =
            Path.of(
                Beans.class
                    .getClassLoader()
                    .getResource("chat/switchboard/inbound/Pipeline.class")
                    .toURI());
        Path root = place.getParent().getParent();
        try (Stream<Path> files = Files.walk(root)) {
          List<Class<?>> found = new ArrayList<>();
          for (Path file :
              files.filter(one -> one.toString().endsWith(".class")).sorted().toList()) {
            if (mayBeBean(file)) {
              String name = root.relativize(file).toString().replace('/', '.');
              Class<?> type =
                  Class.forName(
                      "chat.switchboard." + name.substring(0, name.length() - 6),
                      false,
                      Beans.class.getClassLoader());
              if (isBean(type)
                  && !type.isInterface()
                  && !type.isAnnotationPresent(Alternative.class)) {
                found.add(type);
              }
            }
          }
          all = found;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (java.net.URISyntaxException | ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
    return all;
  }

  /** Whether the class file names a scope; the other classes are not loaded. */
  private static boolean mayBeBean(Path file) throws IOException {
    String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    return text.contains("jakarta/enterprise/context/ApplicationScoped")
        || text.contains("jakarta/inject/Singleton");
  }
}
