package chat.switchboard.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A fault that is put into the code of the service for a run of the simulation: most of them were
 * in the project once.
 *
 * @param name what the code does wrong
 * @param edits the changes of the sources
 */
record Mutant(String name, List<Edit> edits) {

  /**
   * A change of a source.
   *
   * @param file below {@code src/main/java/chat/switchboard}
   * @param right the text of today, which the file contains once
   * @param wrong the text instead
   */
  record Edit(String file, String right, String wrong) {}

  static Mutant of(String name, String... filesAndTexts) {
    List<Edit> edits = new ArrayList<>();
    for (int i = 0; i < filesAndTexts.length; i += 3) {
      edits.add(new Edit(filesAndTexts[i], filesAndTexts[i + 1], filesAndTexts[i + 2]));
    }
    return new Mutant(name, edits);
  }

  static final List<Mutant> ALL =
      List.of(
          of(
              "Each replica appends without a lease",
              "mongo/Leases.java",
              ".recoverWithUni(() -> watch(key, record.token, askedAt));",
              ".recoverWithItem(() -> lease(key, record.token, askedAt, true));"),
          of(
              "What a replica reads before it has the lease counts in any case",
              "mongo/LeasedWorker.java",
              "return lease.wasFree() && now()",
              "return true || now()"),
          of(
              "A lease that is handed over leaves no mark",
              "mongo/LeasedWorker.java",
              ": runtime.leases().handOver(lease))",
              ": runtime.leases().giveBack(lease))"),
          of(
              "A waiting replica takes the lease over after 0.5 s instead of 15 s",
              "mongo/Leases.java",
              ">= life.toNanos()",
              ">= life.toNanos() / 30"),
          of(
              "A late holder of a lease does not check its messages for a branch",
              "inbound/ConversationLane.java",
              "if (lease.isLost()) {",
              "if (false) {"),
          of(
              "Messages are dated, and wait, by the clock of the machine",
              "mongo/ServerClock.java",
              "return last == null",
              "return true"),
          of(
              "The end of the conversation is read before LibreChat is asked",
              "inbound/AnswerWait.java",
              ": generations.idleEnd(conversation).map(AnswerWait::idle));",
              ": tails.find(conversation).flatMap(early -> generations.idleEnd(conversation)"
                  + ".map(end -> new End(end.tail().map(same -> early), false, false))));"),
          of(
              "A message does not wait for the answer that LibreChat generates",
              "inbound/AnswerWait.java",
              ": generations.idleEnd(conversation).map(AnswerWait::idle));",
              ": tails.find(conversation).map(tail -> new End(Optional.of(tail), false, false)));"),
          of(
              "A message may have the date of the message before, or an earlier one",
              "librechat/MessageAppender.java",
              "return Math.max(clock.millis(), earliest);",
              "return clock.millis();"),
          of(
              "The inbox forgets a message before the message is in LibreChat",
              "inbound/BatchWriter.java",
              "return appender.append(conversation, tail, batch.messages());",
              "return inbox.appended(batch.entryIds())"
                  + ".chain(() -> appender.append(conversation, tail, batch.messages()));"),
          of(
              "Twilio is told that a message is kept although the inbox failed",
              "inbound/KeyedMessages.java",
              "return inTime(inbox.accept(received))",
              "return inTime(inbox.accept(received)).onFailure().recoverWithItem(received)"),
          of(
              "A repeated webhook gets another id",
              "inbound/DedupeIds.java",
              "return DeterministicIds.uuid(\"twilio\", twilio.accountSid(), twilio.messageSid());",
              "return UUID.randomUUID();"),
          of(
              "A repeated request with a key gets another id",
              "inbound/DedupeIds.java",
              "return DeterministicIds.uuid(\"key\", to.conversationId().toString(), value);",
              "return UUID.randomUUID();",
              "inbound/DedupeIds.java",
              ": DeterministicIds.uuid(\"key\", conversationId, ((IdempotencyKey) key.get()).value());",
              ": UUID.fromString(entryId);"),
          of(
              "The backlog leaves out the messages of a sender that have no conversation yet",
              "inbound/Backlogs.java",
              "senders.isEmpty() ? lane : or(lane,",
              "true ? lane : or(lane,"),
          of(
              "A message without a receipt in time is given up by its replica alone",
              "inbound/Sweeper.java",
              "return release.isEncrypted() ? Uni.createFrom().voidItem() : takeDue();",
              "return Uni.createFrom().voidItem();"),
          of(
              "No replica takes over the lease of a dead replica",
              "mongo/Leases.java",
              "? takeOver(key, held)",
              "? Uni.createFrom().item(Optional.<Lease>empty())"),
          of(
              "A message that waited for an answer is not looked at again",
              "inbound/ConversationLane.java",
              "if (late) {",
              "if (false) {"),
          of(
              "A message whose earlier write reached LibreChat fails",
              "librechat/MessageAppender.java",
              ".onFailure(DuplicateKey::is)",
              ".onFailure(failure -> false)"),
          of(
              "A message that waited goes into a conversation that was deleted meanwhile",
              "inbound/ConversationLane.java",
              "FRESH = Duration.ofSeconds(2)",
              "FRESH = Duration.ofHours(2)"),
          of(
              "The end is not read again, nor the place checked, after a long round or a lost lease",
              "inbound/ConversationLane.java",
              "if (answers.now() - gatheredAt > FRESH.toMillis() && countOutdatedRound()) {",
              "if (false) {",
              "inbound/ConversationLane.java",
              "return answers.now() - gatheredAt > LONGEST_ROUND.toMillis();",
              "return false;",
              "inbound/ConversationLane.java",
              "if (lease.isLost()) {",
              "if (false) {"),
          of(
              "The caller hears of a kept message while other replicas count the inbox as empty",
              "inbound/UnkeyedMessages.java",
              ".call(() -> timers.pause(LaneBacklog.EMPTY_FOR))",
              ""),
          of(
              "A message does not wait for the earlier ones of a deleted conversation",
              "inbound/LaneEntries.java",
              "if (lost.isEmpty()) {",
              "if (true) {"),
          of(
              "A hidden message moves to the end, also if a later message is there",
              "librechat/Branches.java",
              "if (end == shown.size()) {",
              "if (true) {"),
          of(
              "A lane looks for the earlier messages of its own process's senders alone",
              "inbound/RoutedInbox.java",
              "return senders.size() == known.size()",
              "return true"),
          of(
              "A worker without work stays in memory",
              "mongo/WorkerRegistry.java",
              "kind.removed(name);\n          return null;",
              "kind.removed(name);\n          return entry;"),
          of(
              "A replica remembers each lease that another replica had",
              "mongo/Leases.java",
              "  private Optional<Lease> lease(LeaseKey key, String token, long askedAt) {\n"
                  + "    watched.remove(key);",
              "  private Optional<Lease> lease(LeaseKey key, String token, long askedAt) {",
              "mongo/Leases.java",
              "public void forget(LeaseKey key) {\n    watched.remove(key);",
              "public void forget(LeaseKey key) {",
              "mongo/Leases.java",
              "takes the lease.\n                watched.remove(key);",
              "takes the lease."),
          of(
              "The inbox keeps a message after the message is in LibreChat",
              "inbound/InboxTransitions.java",
              "if (state.isFinal()) {",
              "if (false) {"));

  /** Returns the mutant with this name. */
  static Mutant named(String name) {
    return ALL.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  /** Compiles the changed sources; the result has the class files by the names of the classes. */
  Map<String, byte[]> compile() {
    Map<String, String> sources = new HashMap<>();
    for (Edit edit : edits) {
      String source =
          sources.computeIfAbsent(
              edit.file(), file -> read(Path.of("src/main/java/chat/switchboard", file)));
      int found = source.indexOf(edit.right());
      if (found < 0 || source.indexOf(edit.right(), found + 1) >= 0) {
        throw new IllegalStateException(
            "Mutant \"" + name + "\": " + edit.file() + " does not contain once: " + edit.right());
      }
      sources.put(edit.file(), source.replace(edit.right(), edit.wrong()));
    }
    Map<String, ByteArrayOutputStream> classes = new HashMap<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    JavaFileManager files =
        new ForwardingJavaFileManager<JavaFileManager>(
            compiler.getStandardFileManager(null, null, null)) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location place, String type, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + type), kind) {
              @Override
              public OutputStream openOutputStream() {
                return classes.computeIfAbsent(type, same -> new ByteArrayOutputStream());
              }
            };
          }
        };
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach(
        (file, source) ->
            units.add(
                new SimpleJavaFileObject(
                    URI.create("memory:///" + file), JavaFileObject.Kind.SOURCE) {
                  @Override
                  public CharSequence getCharContent(boolean ignored) {
                    return source;
                  }
                }));
    List<String> options =
        List.of("-classpath", path, "-proc:none", "-parameters", "-nowarn", "-implicit:none");
    if (!compiler.getTask(null, files, diagnostics, options, null, units).call()) {
      throw new IllegalStateException(name + ": " + diagnostics.getDiagnostics());
    }
    Map<String, byte[]> compiled = new HashMap<>();
    classes.forEach((type, bytes) -> compiled.put(type, bytes.toByteArray()));
    return compiled;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
