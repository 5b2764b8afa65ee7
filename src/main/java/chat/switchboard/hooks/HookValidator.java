package chat.switchboard.hooks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks a hook before it is stored: each fault is one sentence that names the field. */
final class HookValidator {

  static final Duration SHORTEST_DIGEST = Duration.ofSeconds(1);
  static final Duration LONGEST_DIGEST = Duration.ofHours(1);

  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?");

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final int MOST_CONDITIONS = 20;

  private static final int MOST_SECRETS = 5;

  /** 16 random characters cannot be guessed over a network. */
  private static final int SHORTEST_SECRET = 16;

  private static final int LONGEST_SECRET = 512;

  /** The longest template of a thread key or of a title, in characters. */
  private static final int LONGEST_SHORT_TEMPLATE = 500;

  private static final int LONGEST_NAME = 128;

  private final HookTemplates templates;

  HookValidator(HookTemplates templates) {
    this.templates = templates;
  }

  /** The length in code points, as JSON Schema counts. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether a hook can have this name. */
  static boolean isName(String name) {
    return name != null && NAME.matcher(name).matches();
  }

  /** A sentence for each fault; empty if the hook is right. */
  List<String> errors(Hook hook) {
    List<String> errors = new ArrayList<>();
    if (!isName(hook.name())) {
      errors.add(
          "name must have 1 to 64 lower-case letters, digits and hyphens, and begin and end with a"
              + " letter or a digit.");
    }
    checkScheme(hook, errors);
    if (hook.owner() == null || hook.owner().isBlank() || length(hook.owner()) > 254) {
      errors.add("owner must be the e-mail address or the ID of a LibreChat user.");
    }
    if (hook.conversationId().isPresent() && hook.thread().isPresent()) {
      errors.add("A hook has either a conversationId or a thread.");
    }
    if (hook.conversationId().filter(id -> !UUID.matcher(id).matches()).isPresent()) {
      errors.add("conversationId must be a UUID.");
    }
    checkTemplate("thread", hook.thread(), LONGEST_SHORT_TEMPLATE, errors);
    checkTemplate("title", hook.title(), LONGEST_SHORT_TEMPLATE, errors);
    checkTemplate("template", hook.template(), HookTemplates.LONGEST_TEMPLATE, errors);
    if (hook.when().size() > MOST_CONDITIONS) {
      errors.add("when has more than 20 conditions.");
    }
    for (int at = 0; at < Math.min(MOST_CONDITIONS, hook.when().size()); at++) {
      errors.addAll(hook.when().get(at).errors("when[" + at + "]"));
    }
    if (hook.digest().filter(HookValidator::isNoDigest).isPresent()) {
      errors.add("digest must be a time from 1s to 1h, such as 30s.");
    }
    checkLength("sender", hook.sender(), errors);
    checkLength("endpoint", hook.endpoint(), errors);
    checkLength("model", hook.model(), errors);
    checkLength("agentId", hook.agentId(), errors);
    return errors;
  }

  private static boolean isNoDigest(Duration digest) {
    return digest.compareTo(SHORTEST_DIGEST) < 0 || digest.compareTo(LONGEST_DIGEST) > 0;
  }

  private void checkScheme(Hook hook, List<String> errors) {
    Optional<Scheme> scheme = Optional.ofNullable(hook.scheme()).flatMap(Schemes::named);
    if (scheme.isEmpty()) {
      errors.add(
          "scheme must be one of "
              + String.join(", ", Schemes.all().stream().map(Scheme::name).toList())
              + ".");
      return;
    }
    hook.settings().applyTo(scheme.get(), errors);
    checkPreset("template", hook.template(), errors);
    checkPreset("thread", hook.thread(), errors);
  }

  private static void checkPreset(String field, Optional<String> template, List<String> errors) {
    Optional<String> preset =
        template
            .filter(text -> text.startsWith(Presets.PREFIX))
            .map(text -> text.substring(Presets.PREFIX.length()));
    if (preset.isPresent() && Presets.named(preset.get()).isEmpty()) {
      errors.add(
          field
              + " names no preset; the presets are "
              + String.join(", ", new java.util.TreeSet<>(Presets.all().keySet()))
              + ".");
    }
  }

  private void checkTemplate(
      String field, Optional<String> template, int longest, List<String> errors) {
    if (template.isEmpty()) {
      return;
    }
    if (length(template.get()) > longest) {
      errors.add(field + " has more than " + longest + " characters.");
      return;
    }
    try {
      templates.parse(template.get());
    } catch (TemplateProblem problem) {
      errors.add(field + ": " + problem.getMessage() + ".");
    }
  }

  private static void checkLength(String field, Optional<String> value, List<String> errors) {
    if (value.filter(text -> text.isBlank() || length(text) > LONGEST_NAME).isPresent()) {
      errors.add(field + " must have 1 to 128 characters.");
    }
  }

  /** A sentence for each fault of the secrets of a hook. */
  static List<String> secretErrors(String scheme, List<String> secrets) {
    List<String> errors = new ArrayList<>();
    if (secrets.size() > MOST_SECRETS) {
      errors.add("secrets has more than 5 values.");
    }
    for (String secret : secrets) {
      if (secret == null
          || secret.isBlank()
          || length(secret) < SHORTEST_SECRET
          || length(secret) > LONGEST_SECRET) {
        errors.add("Each secret must have 16 to 512 characters.");
        break;
      }
    }
    if ("standard".equals(scheme)
        && secrets.stream().anyMatch(secret -> secret != null && !isStandardSecret(secret))) {
      errors.add(
          "A secret of the scheme standard is base64 behind whsec_, or an Ed25519 key behind"
              + " whpk_.");
    }
    return errors;
  }

  private static boolean isStandardSecret(String secret) {
    return secret.startsWith("whpk_")
        ? StandardKeys.publicKey(secret.substring("whpk_".length())).isPresent()
        : StandardKeys.secret(secret).filter(key -> key.length >= 16).isPresent();
  }
}
