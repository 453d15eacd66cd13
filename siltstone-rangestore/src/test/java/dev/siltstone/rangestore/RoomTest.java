package dev.siltstone.rangestore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class RoomTest {
    @Test
    void knowsNamesAndSizesNotContents() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.siltstone.rangestore");
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.siltstone.sqlite..",
                        "dev.siltstone.journal..",
                        "dev.siltstone.stream..",
                        "dev.siltstone.objectstore.s3..",
                        "dev.siltstone.objectstore.url..",
                        "software.amazon..")
                .check(classes);
    }
}
