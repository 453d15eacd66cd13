package dev.siltstone.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// No ambient time and no ambient chance: clocks and random generators come in through constructors, so
/// that a test can hold them. The few places that read the machine's are named here.
final class TidyTest {
    /// Who may hand out the machine's own clock, chance or pause.
    private static final Set<String> WIRING =
            Set.of(
                    "dev.siltstone.io.NanoClock",
                    "dev.siltstone.io.Pause",
                    "dev.siltstone.stream.StreamLog",
                    "dev.siltstone.sqlite.replica.ReplicaRuntime",
                    "dev.siltstone.cli.BenchCommand",
                    "dev.siltstone.cli.DbCommand",
                    "dev.siltstone.cli.LayerPlace",
                    "dev.siltstone.cli.Main",
                    "dev.siltstone.cli.ServeCommand");

    private static final Map<String, Set<String>> AMBIENT =
            Map.of(
                    "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
                    "java.lang.Math", Set.of("random"),
                    "java.lang.Thread", Set.of("sleep"),
                    "java.time.Instant", Set.of("now"),
                    "java.time.InstantSource", Set.of("system"),
                    "java.time.Clock", Set.of("systemUTC", "systemDefaultZone"),
                    "java.time.LocalDateTime", Set.of("now"),
                    "java.util.concurrent.ThreadLocalRandom", Set.of("current"),
                    "java.util.UUID", Set.of("randomUUID"));

    /// To be made from a seed only.
    private static final Set<String> GENERATORS =
            Set.of("java.util.Random", "java.util.SplittableRandom", "java.security.SecureRandom");

    private static final DescribedPredicate<JavaAccess<?>> ASKS_THE_MACHINE =
            DescribedPredicate.describe(
                    "asks the machine for time, chance or a pause",
                    access -> {
                        String owner = access.getTargetOwner().getFullName();
                        String name = access.getName();
                        return AMBIENT.getOrDefault(owner, Set.of()).contains(name)
                                || (GENERATORS.contains(owner)
                                        && name.equals("<init>")
                                        && access.getTarget() instanceof CodeUnitCallTarget made
                                        && made.getRawParameterTypes().isEmpty());
                    });

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
    void onlyTheWiringAsksTheMachineForTimeAndChance() {
        noClasses()
                .that(
                        DescribedPredicate.describe(
                                "are not wiring", one -> !WIRING.contains(one.getFullName())))
                .should()
                .accessTargetWhere(ASKS_THE_MACHINE)
                .check(classes);
    }

    @Test
    void namesSayWhatThingsAre() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)$")
                .check(classes);
    }
}
