package chat.switchboard.simulation;

import java.util.List;

/** Faults in the feed and in the streams that {@link FeedSimulation} finds. */
final class FeedMutants {

  static final List<Mutant> ALL =
      List.of(
          Mutant.of(
              "A client with an id of another process gets no replay",
              "stream/AnnouncedBefore.java",
              "if (!own) {\n      return place.message()::equals;",
              "if (!own) {\n      return id -> true;"),
          Mutant.of(
              "Events that arrive during a replay are lost",
              "stream/Subscription.java",
              "came.forEach(this::receive);",
              ""),
          Mutant.of(
              "A message counts as read before its entry is written",
              "feed/FeedReader.java",
              "            .toList();\n    return sightings\n        .answers(",
              "            .toList();\n    complete.forEach(this::note);\n"
                  + "    return sightings\n        .answers("),
          Mutant.of(
              "An entry counts as announced before its message is read",
              "feed/FeedFollower.java",
              "return newMessages\n        .onNew(",
              "fresh.forEach(this::see);\n    return newMessages\n        .onNew("),
          Mutant.of(
              "A new follower reads no entries from before, and goes on after an empty first read",
              "feed/FeedFollower.java",
              "return found.map(one -> one.minus(BACK)).orElse(Instant.EPOCH);",
              "return clock.instant();",
              "feed/FeedFollower.java",
              "newest = Instant.EPOCH.plus(overlap);",
              "newest = begunAt;"),
          Mutant.of(
              "A new reader reads no messages from before",
              "feed/FeedReader.java",
              "last == null ? begun.minus(AWAY) : last.minus(overlap))",
              "last == null ? begun : last.minus(overlap))"),
          Mutant.of(
              "No replica takes over the lease of a dead reader",
              "mongo/Leases.java",
              "? takeOver(key, held)",
              "? Uni.createFrom().item(Optional.<Lease>empty())"),
          Mutant.of(
              "No replica polls beside its change stream",
              "feed/FeedDriver.java",
              "if (isQuiet && now - lookedAt < NOW_AND_THEN.toNanos()) {",
              "if (isQuiet) {"),
          Mutant.of(
              "A poll reaches back no further than the poll before",
              "feed/FeedReader.java",
              "begun.minus(AWAY) : last.minus(overlap))",
              "begun.minus(AWAY) : last)"),
          Mutant.of(
              "The process that announced a message writes no entry",
              "feed/FeedDriver.java",
              "return overdue.isEmpty()",
              "return true"),
          Mutant.of(
              "A replay leaves out the announced messages without an entry",
              "stream/Replay.java",
              "Stream.concat(found.get().stream(), reading.waiting().stream())",
              "found.get().stream()"),
          Mutant.of(
              "Each client hears the messages of all users",
              "stream/Subscriptions.java",
              "Subscription[] streams = byUser.get(event.user());",
              "Subscription[] streams =\n        byUser.values().stream().flatMap(Arrays::stream)"
                  + ".toArray(Subscription[]::new);"),
          Mutant.of(
              "Each client hears all answers in LibreChat",
              "feed/FeedReader.java",
              ".filter(one -> one.external() || answers.contains(one))",
              ".filter(one -> one.external() || !one.byUser())"),
          Mutant.of(
              "The streams of a deleted account stay open",
              "stream/AccountWatch.java",
              "gone.forEach(user -> subscriptions.end(user, Frame.tokenExpired(), End.ACCOUNT));",
              ""),
          Mutant.of(
              "A closed stream stays in memory",
              "stream/Subscriptions.java",
              "return rest.length == 0 ? null : rest;",
              "return streams;"),
          Mutant.of(
              "A message that an earlier attempt stored is not announced",
              "inbound/BatchWriter.java",
              "announcer.announce(appended.message());",
              "if (appended instanceof Appended.Now) {\n"
                  + "      announcer.announce(appended.message());\n    }"),
          Mutant.of(
              "The first id of a stream is dated by the clock of the machine",
              "stream/StreamDoor.java",
              "Frame.begin(retry, ids.at(clock.millis()))",
              "Frame.begin(retry, ids.at(now))"),
          Mutant.of(
              "A process announces nothing from before its first poll",
              "feed/FeedFollower.java",
              "started = earlier(found.orElse(Instant.EPOCH), processStart);",
              "started = found.orElse(Instant.EPOCH);",
              "feed/FeedReader.java",
              "clock.instant().minus(age).minus(overlap)",
              "clock.instant()"),
          Mutant.of(
              "A replayed event names the process also if the process announces the message later",
              "stream/Replay.java",
              "if (isInOrder) {\n      return ids.of(message);\n    }\n    return isLast",
              "if (true) {\n      return ids.of(message);\n    }\n    return isLast"));

  private FeedMutants() {}
}
