package dev.siltstone.sqlite;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The two formats know neither each other nor what is done with them.
class FormatRoomsTest {
    private final JavaClasses classes =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.siltstone.sqlite");

    @Test
    void walKnowsNothingButFiles() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.sqlite.wal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.siltstone.sqlite.ltx..",
                        "dev.siltstone.sqlite.replica..",
                        "dev.siltstone.rangestore..",
                        "dev.siltstone.objectstore..",
                        "java.sql..")
                .check(classes);
    }

    @Test
    void ltxKnowsNothingButFiles() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.sqlite.ltx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.siltstone.sqlite.wal..",
                        "dev.siltstone.sqlite.replica..",
                        "dev.siltstone.rangestore..",
                        "dev.siltstone.objectstore..",
                        "java.sql..")
                .check(classes);
    }
}
