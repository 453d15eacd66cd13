package dev.siltstone.system;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Which room may know which other, and who opens the one door to the disk.
final class RoomsTest {
    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(place -> !place.contains("-tests.jar"))
                        .importPackages("dev.siltstone");
    }

    @Test
    void roomsKnowOnlyRoomsBelow() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("io")
                .definedBy("dev.siltstone.io..")
                .layer("objectstore")
                .definedBy("dev.siltstone.objectstore..")
                .layer("rangestore")
                .definedBy("dev.siltstone.rangestore..")
                .layer("sqlite")
                .definedBy("dev.siltstone.sqlite..")
                .optionalLayer("layer")
                .definedBy("dev.siltstone.layer..")
                .layer("journal")
                .definedBy("dev.siltstone.journal..")
                .layer("stream")
                .definedBy("dev.siltstone.stream..")
                .layer("server")
                .definedBy("dev.siltstone.server..")
                .layer("bench")
                .definedBy("dev.siltstone.bench..")
                .layer("cli")
                .definedBy("dev.siltstone.cli..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bench")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("server")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("stream")
                .mayOnlyBeAccessedByLayers("server", "cli")
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers("stream", "cli")
                .whereLayer("sqlite")
                .mayOnlyBeAccessedByLayers("stream", "server", "cli")
                .whereLayer("layer")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("rangestore")
                .mayOnlyBeAccessedByLayers("sqlite", "stream", "cli")
                .whereLayer("objectstore")
                .mayOnlyBeAccessedByLayers("rangestore", "sqlite", "layer", "stream", "cli")
                .whereLayer("io")
                .mayOnlyBeAccessedByLayers(
                        "objectstore",
                        "rangestore",
                        "sqlite",
                        "layer",
                        "journal",
                        "stream",
                        "bench",
                        "cli")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.siltstone.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void segmentsDoNotKnowStreams() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.stream.segment..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.siltstone.stream")
                .check(classes);
    }

    @Test
    void walAndLtxDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.sqlite.wal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.siltstone.sqlite.ltx..")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.sqlite.ltx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.siltstone.sqlite.wal..")
                .check(classes);
    }

    @Test
    void treesAndTheirTarDoNotKnowTheStore() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.siltstone.layer.tar..", "dev.siltstone.layer.tree..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("dev.siltstone.layer", "dev.siltstone.objectstore.."))
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.layer.tar..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.siltstone.layer.tree..")
                .check(classes);
    }

    @Test
    void onlyTheS3StoreKnowsTheSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.objectstore.s3..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(classes);
    }

    @Test
    void onlyReplicasAndTheCatalogAskSqlite() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.sqlite.replica..")
                .and()
                .doNotHaveFullyQualifiedName("dev.siltstone.cli.SqliteLibrary")
                .and()
                .haveNameNotMatching("dev\\.siltstone\\.stream\\.(Catalog.*|RowBatch.*)")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "org.sqlite.."))
                .check(classes);
    }

    @Test
    void nothingBelowTheServerKnowsHttp() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.siltstone.io..",
                        "dev.siltstone.rangestore..",
                        "dev.siltstone.layer..",
                        "dev.siltstone.journal..",
                        "dev.siltstone.stream..")
                .and() // a URI is the only form in which a Path gives the bytes of its name
                .doNotHaveFullyQualifiedName("dev.siltstone.io.posix.RawName")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty..", "java.net..", "picocli.."))
                .check(classes);
        noClasses() // it names files to SQLite by URIs
                .that()
                .resideInAPackage("dev.siltstone.sqlite..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.netty..", "java.net.http..", "picocli.."))
                .check(classes);
    }

    @Test
    void onlyHttpKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.server.http..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(classes);
    }

    @Test
    void onlyIoOpensFilesForWriting() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.siltstone.io..")
                .and()
                .resideOutsideOfPackage("dev.siltstone.cli..")
                .should()
                .callMethodWhere( // the system may be told to send from one that io has opened
                        target(owner(name("java.nio.channels.FileChannel")))
                                .and(target(nameMatching("open|write|truncate|map|transferFrom"))))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.AsynchronousFileChannel")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.RandomAccessFile")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.FileOutputStream")
                .check(classes);
    }

    @Test
    void onlyServeTouchesTheLogger() {
        noClasses()
                .that()
                .resideInAPackage("dev.siltstone.cli..")
                .and()
                .doNotHaveSimpleName("ServeCommand")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "ch.qos.."))
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(classes);
    }
}
