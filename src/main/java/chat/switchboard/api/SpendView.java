package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.SpendConfig;
import chat.switchboard.outbound.SpendReport;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The spending of today. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Spend")
public record SpendView(
    @Schema(description = "The UTC day", examples = "2026-01-31", required = true) String day,
    @Schema(description = "The time at which the counters restart", required = true) String endsAt,
    @Schema(description = "Whether all sending is paused", required = true) boolean paused,
    @Schema(description = "The begin of the pause") String pausedSince,
    @Schema(description = "The segments of all texts", required = true) Counter segments,
    @Schema(description = "New people who got an answer", required = true) Counter people,
    @Schema(description = "The limit of segments a day for one owner; missing for no limit")
        Integer ownerLimit,
    @Schema(description = "The limit of segments a day to one person; missing for no limit")
        Integer personLimit,
    @Schema(description = "The owners with most segments today", required = true)
        List<OwnerUse> owners,
    @Schema(
            description =
                "Refused texts by reason: country, range, total, owner, person, people, paused",
            required = true)
        Map<String, Long> blocked,
    @Schema(
            description =
                "The allowed countries of destinations; * for all, none while no service number is "
                    + "configured",
            required = true)
        List<String> countries) {

  /** The used part of a limit. */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "SpendCounter")
  public record Counter(
      @Schema(required = true) long used,
      @Schema(description = "Missing for no limit") Integer limit) {}

  /** The segments of one owner. */
  @RegisterForReflection
  @Schema(name = "SpendOfOwner")
  public record OwnerUse(
      @Schema(description = "The id of a LibreChat user", required = true) String owner,
      @Schema(required = true) long segments) {}

  static SpendView of(SpendReport.Today today, SpendConfig limits) {
    return new SpendView(
        today.day(),
        IsoDate.of(Date.from(today.endsAt())),
        today.pausedSince().isPresent(),
        today.pausedSince().map(IsoDate::of).orElse(null),
        new Counter(today.segments(), limit(limits.segmentsPerDay())),
        new Counter(today.people(), limit(limits.newPeoplePerDay())),
        limit(limits.ownerSegmentsPerDay()),
        limit(limits.personSegmentsPerDay()),
        today.owners().stream().map(one -> new OwnerUse(one.owner(), one.segments())).toList(),
        today.blocked(),
        List.copyOf(today.countries()));
  }

  private static Integer limit(int configured) {
    return configured < 0 ? null : configured;
  }
}
