package dev.siltstone.server;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.junit.jupiter.api.Test;

/// What this room must not know, and who in it may know what.
class RoomTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.siltstone.server");

    @Test
    void onlyHttpKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.server.http")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(CLASSES);
    }

    @Test
    void onlyRepliesNamesStatusCodes() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Replies")
                .should()
                .accessFieldWhere(targetOwner(name(HttpResponseStatus.class.getName())))
                .check(CLASSES);
    }

    @Test
    void makesNoStorageDecisions() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.sql..",
                                "dev.siltstone.journal..",
                                "dev.siltstone.io..",
                                "dev.siltstone.stream.segment.."))
                .check(CLASSES);
    }

    @Test
    void httpDoesNotKnowWhoWiresIt() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.server.http")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.siltstone.server")
                .check(CLASSES);
    }

    @Test
    void looksAtNoClockOfItsOwn() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callConstructor(java.util.Random.class)
                .check(CLASSES);
    }
}
