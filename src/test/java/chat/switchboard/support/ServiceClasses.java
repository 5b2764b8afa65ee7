package chat.switchboard.support;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The class files of the service: ArchUnit reads them once for the rules of all test classes. */
public final class ServiceClasses {

  private static final JavaClasses IMPORTED =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("chat.switchboard");

  private ServiceClasses() {}

  public static JavaClasses imported() {
    return IMPORTED;
  }
}
