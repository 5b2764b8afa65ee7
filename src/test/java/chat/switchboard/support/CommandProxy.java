package chat.switchboard.support;

import com.mongodb.ConnectionString;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * A proxy between a driver and a server. The proxy reads each command and forwards the command
 * unless the test answers the command, as a server that refuses or is slow. Each connection has
 * threads of its own, so a waiting connection delays no other connection.
 */
public final class CommandProxy implements Closeable {

  private static final int OP_MSG = 2013;
  private static final int MORE_TO_COME = 2;
  private static final int HEADER = 16;

  /** Commands by which a driver asks whether the server is there. */
  private static final Set<String> HANDSHAKES = Set.of("hello", "isMaster", "ismaster");

  private final Relay relay;
  private final List<BsonDocument> commands = new CopyOnWriteArrayList<>();
  private volatile Function<BsonDocument, Optional<BsonDocument>> answers =
      command -> Optional.empty();
  private volatile Predicate<BsonDocument> losesAnswers = command -> false;

  public CommandProxy(ConnectionString target) throws IOException {
    this.relay = new Relay(target, this::serve);
  }

  /** The connections, which a test can break. */
  public Relay relay() {
    return relay;
  }

  /** Answers instead of the server, or returns no answer; the method may wait. */
  public void answer(Function<BsonDocument, Optional<BsonDocument>> answers) {
    this.answers = answers;
  }

  /**
   * While this is set, the server carries out each command and the connection breaks before its
   * answer: its sender cannot tell whether it was carried out. Drivers still find the server there.
   */
  public void loseAnswers(boolean losesAnswers) {
    loseAnswersOf(command -> losesAnswers);
  }

  /** The same, for the commands of a kind. */
  public void loseAnswersOf(Predicate<BsonDocument> commands) {
    this.losesAnswers = commands;
  }

  /** The commands so far, without the drivers' own commands. */
  public List<BsonDocument> commands(String name) {
    return commands.stream().filter(command -> name.equals(command.getFirstKey())).toList();
  }

  public List<BsonDocument> commands() {
    return List.copyOf(commands);
  }

  /** The answer of a server that does not support a command. */
  public static BsonDocument refusal(int code, String name, String words) {
    return BsonDocument.parse(
            "{\"ok\": 0.0, \"code\": " + code + ", \"codeName\": \"" + name + "\"}")
        .append("errmsg", new org.bson.BsonString(words));
  }

  private void serve(Socket from, Socket to) throws IOException {
    DataInputStream in = new DataInputStream(from.getInputStream());
    OutputStream out = from.getOutputStream();
    DataInputStream back = new DataInputStream(to.getInputStream());
    OutputStream on = to.getOutputStream();
    while (true) {
      byte[] message = read(in);
      ByteBuffer view = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      boolean isCommand = view.getInt(12) == OP_MSG;
      boolean answered = false;
      BsonDocument sent = null;
      boolean isOfTheDriver = !isCommand;
      if (isCommand) {
        BsonDocument command = command(view);
        sent = command;
        isOfTheDriver = HANDSHAKES.contains(command.getFirstKey());
        commands.add(command);
        Optional<BsonDocument> answer = answers.apply(command);
        if (answer.isPresent()) {
          out.write(reply(view.getInt(4), answer.get()));
          out.flush();
          answered = true;
        }
      }
      if (!answered) {
        on.write(message);
        on.flush();
        boolean isSilent = isCommand && (view.getInt(HEADER) & MORE_TO_COME) != 0;
        if (!isSilent) {
          byte[] answer = read(back);
          if (!isOfTheDriver && losesAnswers.test(sent)) {
            throw new EOFException();
          }
          out.write(answer);
          out.flush();
        }
      }
    }
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      throw new EOFException();
    }
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] message = new byte[size];
    System.arraycopy(length, 0, message, 0, 4);
    in.readFully(message, 4, size - 4);
    return message;
  }

  /** The section of kind 0, wherever it is. */
  private static BsonDocument command(ByteBuffer message) {
    int at = HEADER + 4;
    while (message.get(at) != 0) {
      at += 1 + message.getInt(at + 1);
    }
    int size = message.getInt(at + 1);
    byte[] document = new byte[size];
    message.position(at + 1);
    message.get(document);
    return new RawBsonDocument(document).decode(new BsonDocumentCodec());
  }

  private static byte[] reply(int to, BsonDocument answer) {
    BasicOutputBuffer bytes = new BasicOutputBuffer();
    new BsonDocumentCodec()
        .encode(new BsonBinaryWriter(bytes), answer, EncoderContext.builder().build());
    byte[] body = bytes.toByteArray();
    ByteBuffer reply = ByteBuffer.allocate(HEADER + 5 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    reply.putInt(reply.capacity()).putInt(1).putInt(to).putInt(OP_MSG).putInt(0);
    reply.put((byte) 0).put(body);
    return reply.array();
  }

  @Override
  public void close() throws IOException {
    relay.close();
  }
}
