package chat.switchboard.media;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.http.Resolver;
import chat.switchboard.librechat.FileRecord;
import chat.switchboard.librechat.FileRecords;
import chat.switchboard.librechat.LibreChatFiles;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingFiles;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The files of outgoing texts: checks references, and opens fetched files for one text each. */
@ApplicationScoped
class OutgoingStore implements OutgoingFiles {

  /** How long a caller waits for the addresses of a host. */
  private static final Duration LOOK_UP = Duration.ofSeconds(3);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private static final String NO_FILE = "the owner of the conversation has no such file";

  private final MediaStore store;
  private final Capabilities capabilities;
  private final OutgoingDownload download;
  private final LibreChatFiles libreChat;
  private final FileRecords records;
  private final Resolver resolver;
  private final MediaConfig config;
  private final PublicUrl publicUrl;

  OutgoingStore(
      MediaStore store,
      Capabilities capabilities,
      OutgoingDownload download,
      LibreChatFiles libreChat,
      FileRecords records,
      Resolver resolver,
      MediaConfig config,
      PublicUrl publicUrl) {
    this.store = store;
    this.capabilities = capabilities;
    this.download = download;
    this.libreChat = libreChat;
    this.records = records;
    this.resolver = resolver;
    this.config = config;
    this.publicUrl = publicUrl;
  }

  @Override
  public Optional<String> unavailable() {
    return publicUrl.base().isPresent()
        ? Optional.empty()
        : Optional.of(
            "SWITCHBOARD_PUBLIC_URL is not set, and Twilio fetches pictures and files from this"
                + " address");
  }

  @Override
  public boolean canFetchFromLibreChat() {
    return libreChat.isThere();
  }

  @Override
  public int addressLength() {
    return prefix().length() + Capabilities.LINK_LENGTH;
  }

  private String prefix() {
    return publicUrl.of(CapabilityDoor.PATH).orElse(CapabilityDoor.PATH);
  }

  @Override
  public Uni<Checked> check(String owner, String reference) {
    if (reference.regionMatches(true, 0, "https:", 0, 6)) {
      return checkAddress(owner, reference);
    }
    if (!ID.matcher(reference).matches()) {
      return item(
          new Checked.Refused("is neither the id of a file nor an address that begins with https"));
    }
    return store
        .find(reference)
        .flatMap(
            found ->
                found
                    .filter(file -> owner.equals(file.user))
                    .flatMap(file -> ours(owner, file))
                    .map(file -> item(new Checked.Known(file)))
                    .orElseGet(() -> checkLibreChat(owner, reference)));
  }

  /** An incoming file that LibreChat has is fetched from there: Switchboard's copy may be gone. */
  private Optional<OutgoingFile> ours(String owner, MediaItem item) {
    if (item.state != MediaState.STORED && item.state != MediaState.FETCHED) {
      return Optional.empty();
    }
    Optional<String> type =
        Optional.ofNullable(item.type).map(name -> ContentType.valueOf(name).mediaType());
    if (item.bytesId != null) {
      return Optional.of(file(OutgoingFile.Kind.OURS, item.id, owner, item.fileName, type));
    }
    return Optional.ofNullable(item.libreChatFileId)
        .filter(id -> libreChat.isThere())
        .map(id -> file(OutgoingFile.Kind.LIBRECHAT, id, owner, item.fileName, type));
  }

  private Uni<Checked> checkLibreChat(String owner, String fileId) {
    return records
        .find(owner, List.of(fileId), List.of())
        .map(
            found -> {
              if (found.isEmpty()) {
                return new Checked.Unknown(NO_FILE);
              }
              if (!libreChat.isThere()) {
                return new Checked.Unavailable(
                    "LIBRECHAT_URL is not set, so that no file can be fetched from LibreChat");
              }
              FileRecord file = found.get(0);
              if (file.bytes() > largest()) {
                return new Checked.Refused(tooLarge());
              }
              return new Checked.Known(
                  file(
                      OutgoingFile.Kind.LIBRECHAT,
                      file.fileId(),
                      owner,
                      file.fileName().isEmpty() ? null : file.fileName(),
                      Optional.of(file.type()).filter(type -> !type.isEmpty())));
            });
  }

  private Uni<Checked> checkAddress(String owner, String reference) {
    Optional<MediaAddress> address = MediaAddress.https(reference);
    if (address.isEmpty()) {
      return item(
          new Checked.Refused("is not an https address of a public host without user and port"));
    }
    if (new AllowedHosts(config.hosts().orElse(List.of())).first(address.get())
        == AddressPolicy.Admission.REFUSED) {
      return item(new Checked.Refused("is on a host that switchboard.media.hosts does not name"));
    }
    Checked known =
        new Checked.Known(
            file(OutgoingFile.Kind.ADDRESS, reference, owner, null, Optional.empty()));
    return resolver
        .resolve(address.get().host())
        .ifNoItem()
        .after(LOOK_UP)
        .fail()
        .map(found -> isPublic(found) ? known : new Checked.Refused("is on a private host"))
        // The name server may be away for a moment: the fetch looks the host up again.
        .onFailure()
        .recoverWithItem(known);
  }

  private boolean isPublic(List<InetAddress> addresses) {
    return addresses.stream().allMatch(resolver::admits);
  }

  private static OutgoingFile file(
      OutgoingFile.Kind kind, String reference, String owner, String name, Optional<String> type) {
    return new OutgoingFile(
        kind, reference, owner, "", Optional.ofNullable(name), type, true, Optional.empty());
  }

  private long largest() {
    return (long) config.maxMegabytes() << 20;
  }

  private String tooLarge() {
    return "is larger than " + config.maxMegabytes() + " MiB";
  }

  private static Uni<Checked> item(Checked checked) {
    return Uni.createFrom().item(checked);
  }

  @Override
  public Uni<Fetched> fetch(OutgoingFile file) {
    return download.fetch(file);
  }

  @Override
  public Uni<Optional<String>> grant(String itemId, String textId) {
    return capabilities
        .grantFor(itemId, textId, config.capabilityLife())
        .map(granted -> granted.map(capability -> prefix() + capability));
  }
}
