package dev.siltstone.objectstore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoomTest {
    private static JavaClasses classes;

    /// The names of classes elsewhere are enough; reading the SDK would take most of the time.
    @BeforeAll
    static void readClasses() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.siltstone.objectstore");
    }

    @Test
    void onlyTheS3PackageKnowsTheAwsSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.objectstore.s3")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.siltstone.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void storesKnowNothingAboveThem() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.siltstone.rangestore..",
                        "dev.siltstone.sqlite..",
                        "dev.siltstone.layer..",
                        "dev.siltstone.journal..",
                        "dev.siltstone.stream..")
                .check(classes);
    }
}
