package chat.switchboard.routing;

import chat.switchboard.address.ServiceNumber;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The mappings in memory, with the unique indexes of the database. */
class FakeMappings extends MappingStore {

  final Map<String, Mapping> all = new LinkedHashMap<>();

  /** A step of another request, which runs before the next write. */
  Runnable beforeWrite = () -> {};

  private final Clock clock;
  private long used;

  FakeMappings(Clock clock) {
    super(clock);
    this.clock = clock;
  }

  @Override
  Uni<Optional<Mapping>> get(String id) {
    return read(mapping -> mapping.id.equals(id));
  }

  @Override
  Uni<Boolean> insert(Mapping mapping) {
    return write(
        () -> {
          boolean isTaken =
              all.containsKey(mapping.id)
                  || all.values().stream()
                      .anyMatch(
                          other ->
                              leads(
                                  other,
                                  List.of(mapping.phoneNumber),
                                  mapping.serviceNumber,
                                  mapping.conversationId));
          if (isTaken) {
            return false;
          }
          Mapping stored = copy(mapping);
          stored.lastUsed = next();
          all.put(mapping.id, stored);
          return true;
        });
  }

  @Override
  Uni<Optional<Mapping>> active(Contact contact, List<String> names) {
    return read(
        mapping ->
            names.contains(mapping.phoneNumber)
                && contact
                    .conversationSid()
                    .map(sid -> sid.equals(mapping.conversationSid))
                    .or(
                        () ->
                            contact
                                .to()
                                .map(
                                    to ->
                                        List.of(to, ServiceNumber.ANY)
                                            .contains(mapping.serviceNumber)))
                    .orElse(true));
  }

  @Override
  Uni<Optional<Mapping>> ofGroup(String conversationSid) {
    return read(mapping -> conversationSid.equals(mapping.conversationSid));
  }

  @Override
  Uni<Optional<Mapping>> between(
      Collection<String> names, String serviceNumber, String conversationId) {
    return read(mapping -> leads(mapping, names, serviceNumber, conversationId));
  }

  @Override
  Uni<Void> touch(String id, String phoneNumber, String from) {
    return change(
            id,
            mapping -> true,
            mapping -> {
              mapping.phoneNumber = from;
              mapping.lastUsed = next();
            })
        .replaceWithVoid();
  }

  @Override
  Uni<Void> choose(String id) {
    return change(id, mapping -> true, mapping -> mapping.chosenAt = new Date(clock.millis()))
        .replaceWithVoid();
  }

  @Override
  Uni<Mapping> refresh(Collection<String> names, Mapping wanted) {
    return write(
        () -> {
          Mapping found =
              all.values().stream()
                  .filter(one -> leads(one, names, wanted.serviceNumber, wanted.conversationId))
                  .findFirst()
                  .orElseThrow();
          found.lastUsed = next();
          found.label = wanted.label == null ? found.label : wanted.label;
          found.forwardOwner =
              wanted.forwardOwner == null ? found.forwardOwner : wanted.forwardOwner;
          return copy(found);
        });
  }

  @Override
  Uni<Optional<Mapping>> repoint(Mapping mapping, String conversationId, String user) {
    return change(
            mapping.id,
            stored -> stored.conversationId.equals(mapping.conversationId),
            stored -> {
              stored.conversationId = conversationId;
              stored.user = user;
              stored.opened = false;
              stored.code = null;
              stored.codeExpiresAt = null;
            })
        .flatMap(done -> get(mapping.id));
  }

  @Override
  Uni<Boolean> confirm(Mapping mapping) {
    return change(
        mapping.id,
        stored -> stored.conversationId.equals(mapping.conversationId),
        stored -> stored.lastUsed = next());
  }

  @Override
  Uni<Void> markOpened(Mapping mapping) {
    return change(
            mapping.id,
            stored -> stored.conversationId.equals(mapping.conversationId),
            stored -> {
              stored.opened = true;
              stored.lastUsed = next();
            })
        .replaceWithVoid();
  }

  @Override
  Uni<Boolean> remove(String id) {
    return write(() -> all.remove(id) != null);
  }

  @Override
  Uni<Boolean> setCode(String id, String hash, Date expiresAt) {
    return write(
        () -> {
          boolean isTaken = all.values().stream().anyMatch(one -> hash.equals(one.code));
          if (!isTaken && all.containsKey(id)) {
            all.get(id).code = hash;
            all.get(id).codeExpiresAt = expiresAt;
          }
          return !isTaken;
        });
  }

  @Override
  Uni<Optional<Mapping>> withCode(String hash) {
    return read(
        mapping -> hash.equals(mapping.code) && mapping.codeExpiresAt.getTime() > clock.millis());
  }

  @Override
  Uni<List<Mapping>> list(Filter filter, int offset, int limit) {
    return Uni.createFrom()
        .item(() -> matching(filter).skip(offset).limit(limit).map(FakeMappings::copy).toList());
  }

  @Override
  Uni<Long> count(Filter filter) {
    return Uni.createFrom().item(() -> matching(filter).count());
  }

  @Override
  Uni<Long> codesOf(Collection<String> names) {
    return Uni.createFrom().item(() -> of(names).filter(one -> one.code != null).count());
  }

  @Override
  Uni<Long> removeOf(Collection<String> names) {
    return write(
        () -> {
          List<String> ids = of(names).map(one -> one.id).toList();
          all.keySet().removeAll(ids);
          return (long) ids.size();
        });
  }

  private Stream<Mapping> of(Collection<String> names) {
    return all.values().stream().filter(one -> names.contains(one.phoneNumber));
  }

  private Stream<Mapping> matching(Filter filter) {
    return newestFirst()
        .filter(one -> filter.names().map(names -> names.contains(one.phoneNumber)).orElse(true))
        .filter(
            one -> filter.conversationId().map(id -> id.equals(one.conversationId)).orElse(true));
  }

  private Stream<Mapping> newestFirst() {
    return new ArrayList<>(all.values())
        .stream().sorted(Comparator.comparing((Mapping one) -> one.lastUsed).reversed());
  }

  private Uni<Optional<Mapping>> read(Predicate<Mapping> which) {
    return Uni.createFrom()
        .item(() -> newestFirst().filter(which).findFirst().map(FakeMappings::copy));
  }

  private Uni<Boolean> change(String id, Predicate<Mapping> condition, Consumer<Mapping> change) {
    return write(
        () -> {
          Mapping stored = all.get(id);
          if (stored == null || !condition.test(stored)) {
            return false;
          }
          change.accept(stored);
          return true;
        });
  }

  private <T> Uni<T> write(Supplier<T> step) {
    return Uni.createFrom()
        .item(
            () -> {
              Runnable first = beforeWrite;
              beforeWrite = () -> {};
              first.run();
              return step.get();
            });
  }

  private Date next() {
    return new Date(clock.millis() + used++);
  }

  private static boolean leads(
      Mapping mapping, Collection<String> names, String serviceNumber, String conversationId) {
    return names.contains(mapping.phoneNumber)
        && mapping.serviceNumber.equals(serviceNumber)
        && mapping.conversationId.equals(conversationId);
  }

  /** Each read of the database makes new objects. */
  private static Mapping copy(Mapping mapping) {
    Mapping copy = new Mapping();
    copy.id = mapping.id;
    copy.phoneNumber = mapping.phoneNumber;
    copy.serviceNumber = mapping.serviceNumber;
    copy.conversationId = mapping.conversationId;
    copy.user = mapping.user;
    copy.lastUsed = mapping.lastUsed;
    copy.opened = mapping.opened;
    copy.createdAt = mapping.createdAt;
    copy.label = mapping.label;
    copy.forwardOwner = mapping.forwardOwner;
    copy.code = mapping.code;
    copy.codeExpiresAt = mapping.codeExpiresAt;
    copy.conversationSid = mapping.conversationSid;
    return copy;
  }
}
