package chat.switchboard.support;

import chat.switchboard.mongo.Store;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

/** The class files of the service: ArchUnit reads them once for the rules of all test classes. */
public final class ServiceClasses {

  private static final JavaClasses IMPORTED =
      // By folder: ArchUnit would search every library for a package.
      new ClassFileImporter()
          .importUrl(Store.class.getProtectionDomain().getCodeSource().getLocation());

  private ServiceClasses() {}

  public static JavaClasses imported() {
    return IMPORTED;
  }
}
