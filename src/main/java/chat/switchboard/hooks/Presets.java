package chat.switchboard.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The ready texts of the known services. A hook without a template has the preset of its scheme, or
 * the generic one; the template {@code preset:<name>} names one.
 */
final class Presets {

  /** What precedes the name of a preset in the field template of a hook. */
  static final String PREFIX = "preset:";

  private static final String GENERIC = "generic";

  /**
   * A ready text.
   *
   * @param template the template of the text
   * @param thread a template that gives each thing a conversation of its own, to choose
   * @param title the title of such a conversation
   */
  record Preset(String name, String template, String thread, String title) {}

  private static final List<String[]> TABLE =
      List.of(
          new String[] {
            "github",
            "{repository.full_name}#{pull_request.number ?: issue.number ?: release.tag_name ?:"
                + " ref.branch ?: workflow_run.head_branch}",
            "{repository.full_name}#{pull_request.number ?: issue.number ?: release.tag_name ?:"
                + " ref.branch ?: workflow_run.head_branch} {pull_request.title ?: issue.title}"
          },
          new String[] {
            "gitlab",
            "{project.path_with_namespace}/{object_kind}/{object_attributes.iid ?: ref}",
            "{project.path_with_namespace} {object_attributes.title ?: ref}"
          },
          new String[] {
            "stripe",
            "{data.object.customer ?: data.object.id}",
            "Stripe {data.object.customer ?: data.object.id}"
          },
          new String[] {"slack", "{body.event.channel}", "Slack {body.event.channel}"},
          new String[] {"shopify", "{id}", "Order {name}"},
          new String[] {
            "sentry",
            "{data.issue.id ?: data.event.issue_id}",
            "{data.issue.title ?: data.event.title}"
          },
          new String[] {"grafana", "{groupKey}", "{commonLabels.alertname ?: title}"},
          new String[] {"alertmanager", "{groupKey}", "{commonLabels.alertname ?: receiver}"},
          new String[] {
            "pagerduty",
            "{body.event.data.id}",
            "Incident {body.event.data.number} {body.event.data.title}"
          },
          new String[] {
            "linear",
            "{data.issue.identifier ?: data.identifier ?: data.id}",
            "{data.issue.identifier ?: data.identifier} {data.issue.title ?: data.title}"
          },
          new String[] {"uptime-kuma", "{monitor.id}", "{monitor.name}"},
          new String[] {GENERIC, "{id}", "{title ?: subject ?: name}"});

  private static final Map<String, Preset> ALL = read();

  private Presets() {}

  /** The preset of this name. */
  static Optional<Preset> named(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /** Every preset, by its name. */
  static Map<String, Preset> all() {
    return ALL;
  }

  /** The template of a hook: its own, the preset that it names, or that of its scheme. */
  static String templateOf(Hook hook) {
    Optional<String> own = hook.template().filter(text -> !text.startsWith(PREFIX));
    if (own.isPresent()) {
      return own.get();
    }
    return of(hook).template();
  }

  private static Preset of(Hook hook) {
    return hook.template()
        .filter(text -> text.startsWith(PREFIX))
        .map(text -> text.substring(PREFIX.length()))
        .or(() -> Optional.of(hook.scheme()))
        .flatMap(Presets::named)
        .orElseGet(() -> ALL.get(GENERIC));
  }

  /** The template of the thread of a hook: its own, or that of the preset that it names. */
  static Optional<String> threadOf(Hook hook) {
    return hook.thread()
        .flatMap(
            own ->
                own.startsWith(PREFIX)
                    ? named(own.substring(PREFIX.length())).map(Preset::thread)
                    : Optional.of(own));
  }

  /** The template of the title of a hook: its own, or that of the preset whose threads it has. */
  static Optional<String> titleOf(Hook hook) {
    return hook.title()
        .or(
            () ->
                hook.thread()
                    .flatMap(
                        own ->
                            own.startsWith(PREFIX)
                                ? named(own.substring(PREFIX.length()))
                                : Optional.of(of(hook)).filter(it -> it.thread().equals(own)))
                    .map(Preset::title));
  }

  private static Map<String, Preset> read() {
    Map<String, Preset> all = new TreeMap<>();
    for (String[] row : TABLE) {
      all.put(row[0], new Preset(row[0], resource(row[0]), row[1], row[2]));
    }
    return Map.copyOf(all);
  }

  private static String resource(String name) {
    try (InputStream file = Presets.class.getResourceAsStream("/hooks/" + name + ".md")) {
      if (file == null) {
        throw new IllegalStateException("The preset " + name + " is missing");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
