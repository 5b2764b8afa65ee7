package chat.switchboard.simulation;

import io.smallrye.config.ConfigMapping;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Looks at the memory of a replica: the collections and counters in the fields of its objects, and
 * in the fields of the objects that these refer to. At rest each of them is empty, or is one of
 * {@link #PERMITTED} and within its bound. So a new field that keeps entries after the end of their
 * work fails the check until the field and its bound are here.
 */
final class Growth {

  /** What the entries of a field belong to: a run has no more entries than things of this kind. */
  enum Per {
    CONVERSATION,
    MESSAGE,
    /** The owner, a service number, or a setting. */
    SETTING,
    /** A number that counts on, which takes no more memory. */
    NUMBER
  }

  /**
   * What a field may hold at rest.
   *
   * @param per what has one entry each
   * @param most how many entries the code permits in a process that never ends
   * @param reason why the field holds entries, and what bounds them
   */
  record Bound(Per per, long most, String reason) {}

  static final Map<String, Bound> PERMITTED =
      Map.ofEntries(
          Map.entry(
              "Conversations.owners",
              new Bound(Per.CONVERSATION, 10_000, "a cache; an LruMap drops the oldest entry")),
          Map.entry(
              "ThreadEndFinder.shown",
              new Bound(Per.CONVERSATION, 10_000, "a cache; an LruMap drops the oldest entry")),
          Map.entry(
              "RecentTimes.times",
              new Bound(
                  Per.CONVERSATION, 10_000, "the last look; an LruMap drops the oldest entry")),
          Map.entry(
              "SeenMessages.entries",
              new Bound(Per.MESSAGE, 16_384, "no second announcement; a FifoMap drops the oldest")),
          Map.entry(
              "OwnAnnouncements.waiting",
              new Bound(
                  Per.MESSAGE, 20_000, "until the feed has the message; the feed does not run")),
          Map.entry(
              "OwnAnnouncements.byUser",
              new Bound(Per.SETTING, 20_000, "the same messages, by their owner")),
          Map.entry(
              "FixedWindowLimiter.windows",
              new Bound(Per.SETTING, 10_000, "who asked; an LruMap drops the oldest entry")),
          Map.entry(
              "SendRates.rates",
              new Bound(Per.SETTING, 1_000, "a rate for each service number, while it delays")),
          Map.entry(
              "SpendDestinations.ownCountries",
              new Bound(Per.SETTING, 250, "the countries of the service numbers")),
          Map.entry(
              "StreamMetrics.closed",
              new Bound(Per.SETTING, 6, "a counter for each end of a stream, made at the start")),
          Map.entry(
              "EntryFactory.sequence",
              new Bound(Per.NUMBER, Long.MAX_VALUE, "numbers the messages of the process")),
          Map.entry(
              "OutboxEntryFactory.sequence",
              new Bound(Per.NUMBER, Long.MAX_VALUE, "numbers the texts of the process")));

  /** What a field may hold at rest while the feed runs, besides {@link #PERMITTED}. */
  static final Map<String, Bound> OF_THE_FEED =
      Map.of(
          "Subscriptions.loops",
          new Bound(Per.SETTING, 10, "one for each event loop of the process"),
          "DatabaseWatch.here",
          new Bound(Per.SETTING, 10, "one for each client of MongoDB"),
          "FeedReader.position",
          new Bound(Per.SETTING, 1, "the place in the change stream, a document of one field"),
          "FeedFollower.position",
          new Bound(Per.SETTING, 1, "the place in the change stream, a document of one field"),
          "FeedReader.unfinished",
          new Bound(
              Per.MESSAGE, 20_000, "answers that were stopped or deleted, for 10 minutes each"),
          "Leases.watched",
          new Bound(Per.SETTING, 1, "the lease of the feed, which each replica wants for ever"));

  /** The fields of a class that may hold something, and those that lead to other objects. */
  private record Fields(List<Field> holding, List<Field> leading) {}

  /** The names of fields that count work under way. */
  private static final Set<String> COUNTERS =
      Set.of("underWay", "inFlight", "waiting", "running", "active", "pending", "queued", "held");

  private static final Map<Class<?>, Fields> FIELDS = new HashMap<>();

  private Growth() {}

  /**
   * Returns what a replica holds too much of.
   *
   * @param things how many things of each kind the run has had
   * @param further what is permitted besides {@link #PERMITTED}
   */
  static List<String> of(
      Collection<Object> beans, Map<Per, Long> things, Map<String, Bound> further) {
    List<String> found = new ArrayList<>();
    Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> left = new ArrayDeque<>();
    for (Object bean : beans) {
      reach(bean, known, left);
    }
    for (Object next = left.poll(); next != null; next = left.poll()) {
      Fields fields = FIELDS.computeIfAbsent(next.getClass(), Growth::fields);
      for (Field field : fields.holding()) {
        look(field, next, things, further).ifPresent(found::add);
      }
      for (Field field : fields.leading()) {
        reach(value(field, next), known, left);
      }
    }
    return found;
  }

  private static void reach(Object object, Set<Object> known, Deque<Object> left) {
    Object inside = object;
    if (inside instanceof AtomicReference<?> reference) {
      inside = reference.get();
    }
    if (inside instanceof Optional<?> optional) {
      inside = optional.orElse(null);
    }
    if (inside != null && isOurs(inside.getClass()) && known.add(inside)) {
      left.add(inside);
    }
  }

  /** The classes of the service, without its settings. */
  private static boolean isOurs(Class<?> type) {
    return type.getName().startsWith("chat.switchboard.")
        && !type.getName().startsWith("chat.switchboard.simulation.")
        && !type.isHidden()
        && !type.isEnum()
        && Arrays.stream(type.getInterfaces())
            .noneMatch(one -> one.isAnnotationPresent(ConfigMapping.class));
  }

  private static Fields fields(Class<?> type) {
    List<Field> holding = new ArrayList<>();
    List<Field> leading = new ArrayList<>();
    for (Class<?> at = type; at != null && isOurs(at); at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        field.setAccessible(true);
        if (holds(field)) {
          holding.add(field);
        } else if (!field.getType().isPrimitive()) {
          leading.add(field);
        }
      }
    }
    return new Fields(holding, leading);
  }

  private static boolean holds(Field field) {
    Class<?> type = field.getType();
    return Collection.class.isAssignableFrom(type)
        || Map.class.isAssignableFrom(type)
        || isCounter(type)
        || (isCounter(field) && !Modifier.isFinal(field.getModifiers()));
  }

  private static boolean isCounter(Class<?> type) {
    return (Number.class.isAssignableFrom(type) && type.getName().contains(".atomic."))
        || type == LongAdder.class;
  }

  /** Whether a number that is no atomic counts work under way, by its name. */
  private static boolean isCounter(Field field) {
    return (field.getType() == int.class || field.getType() == long.class)
        && COUNTERS.contains(field.getName());
  }

  private static Optional<String> look(
      Field field, Object of, Map<Per, Long> things, Map<String, Bound> further) {
    Object value = value(field, of);
    long many = size(value);
    // A collection that cannot change is part of the settings.
    if (many == 0
        || (Modifier.isFinal(field.getModifiers())
            && value.getClass().getName().startsWith("java.util.ImmutableCollections"))) {
      return Optional.empty();
    }
    String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
    Bound bound = further.getOrDefault(name, PERMITTED.get(name));
    if (bound == null) {
      return Optional.of(name + " has " + many + " and is not in Growth.PERMITTED" + shown(value));
    }
    long most = Math.min(bound.most(), things.get(bound.per()));
    return many <= most
        ? Optional.empty()
        : Optional.of(name + " has " + many + ", more than " + most + shown(value));
  }

  /** Returns the first keys of a map: other objects look different in each process. */
  private static String shown(Object value) {
    return value instanceof Map<?, ?> map
        ? ": " + map.keySet().stream().map(String::valueOf).sorted().limit(3).toList()
        : "";
  }

  private static long size(Object value) {
    if (value instanceof Collection<?> all) {
      return all.size();
    }
    if (value instanceof Map<?, ?> all) {
      return all.size();
    }
    return value instanceof Number number ? Math.abs(number.longValue()) : 0;
  }

  private static Object value(Field field, Object of) {
    try {
      return field.get(of);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
