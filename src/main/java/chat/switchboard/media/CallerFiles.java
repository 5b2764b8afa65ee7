package chat.switchboard.media;

import chat.switchboard.ops.Digests;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The files in messages of callers of the API: an address, or the bytes themselves. */
@ApplicationScoped
public class CallerFiles {

  private static final int PART = 64 * 1024;

  private final MediaBytes bytes;
  private final AllowedHosts hosts;

  CallerFiles(MediaBytes bytes, MediaConfig config) {
    this.bytes = bytes;
    this.hosts = new AllowedHosts(config.hosts().orElse(List.of()));
  }

  /**
   * A file at an address.
   *
   * @return empty if the address is not allowed
   */
  public Optional<IncomingFile> at(String url, Optional<String> name) {
    return MediaAddress.https(url)
        .filter(address -> hosts.first(address) != AddressPolicy.Admission.REFUSED)
        .map(
            address ->
                new IncomingFile(
                    MediaSource.API,
                    null,
                    null,
                    url,
                    null,
                    name.flatMap(FileNames::safe).orElse(null),
                    null,
                    null,
                    null));
  }

  /**
   * A file whose bytes came with the request; {@link #store} has to store them.
   *
   * @param content not empty
   */
  public IncomingFile of(byte[] content, Optional<String> name) {
    return new IncomingFile(
        MediaSource.UPLOAD,
        null,
        Digests.sha256Hex(content),
        null,
        null,
        name.flatMap(FileNames::safe).orElse(null),
        "upload-" + UUID.randomUUID(),
        (long) content.length,
        null);
  }

  /** Stores bytes by the ids of their files, before their message is taken. */
  public Uni<Void> store(Map<String, byte[]> contents) {
    return Multi.createFrom()
        .iterable(contents.entrySet())
        .onItem()
        .transformToUniAndConcatenate(one -> bytes.store(one.getKey(), parts(one.getValue())))
        .collect()
        .asList()
        .replaceWithVoid();
  }

  private static Multi<ByteBuffer> parts(byte[] content) {
    return Multi.createFrom()
        .range(0, (content.length + PART - 1) / PART)
        .map(
            i ->
                ByteBuffer.wrap(content, i * PART, Math.min(PART, content.length - i * PART))
                    .slice());
  }
}
