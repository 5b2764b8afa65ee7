package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutgoingFiles;
import chat.switchboard.outbound.OutgoingFiles.Checked;
import chat.switchboard.outbound.PeopleDirectory;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Checks the media of a request before the request is accepted. */
@ApplicationScoped
class SendFiles {

  private static final String MEDIA = "media[";

  private final OutgoingFiles outgoingFiles;
  private final PeopleDirectory people;

  SendFiles(OutgoingFiles outgoingFiles, PeopleDirectory people) {
    this.outgoingFiles = outgoingFiles;
    this.people = people;
  }

  /**
   * Returns the files of the request; fails with the problem of the first file that cannot be sent.
   */
  Uni<List<OutgoingFile>> check(SmsOrderRequest request) {
    if (request.media().isEmpty()) {
      return Uni.createFrom().item(List.of());
    }
    outgoingFiles
        .unavailable()
        .ifPresent(
            missing -> {
              throw ProblemException.of(503, missing);
            });
    return people
        .owner(request.conversationId().toString())
        .map(
            owner ->
                owner.orElseThrow(() -> ProblemException.of(404, "No conversation has this id")))
        .flatMap(owner -> check(request, owner));
  }

  /** Whether a file of the request is the cause of the problem. */
  static boolean isAboutFile(ProblemException problem) {
    return problem.problem().error().startsWith(MEDIA);
  }

  private Uni<List<OutgoingFile>> check(SmsOrderRequest request, String owner) {
    return Multi.createFrom()
        .range(0, request.media().size())
        .onItem()
        .transformToUniAndConcatenate(
            i ->
                outgoingFiles
                    .check(owner, request.media().get(i))
                    .map(checked -> file(request, i, checked)))
        .collect()
        .asList();
  }

  private static OutgoingFile file(SmsOrderRequest request, int index, Checked checked) {
    String name = MEDIA + index + "] ";
    if (checked instanceof Checked.Known known) {
      return known.file().required(request.filesOf());
    }
    if (checked instanceof Checked.Unknown unknown) {
      throw ProblemException.of(404, name + "is unknown: " + unknown.cause());
    }
    if (checked instanceof Checked.Unavailable unavailable) {
      throw ProblemException.of(503, unavailable.cause());
    }
    throw ProblemException.of(400, name + ((Checked.Refused) checked).cause());
  }
}
