package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.TIME;
import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.ids;
import static dev.siltstone.rangestore.TextFiles.put;
import static dev.siltstone.rangestore.TextFiles.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.io.RealDisk;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRangesTest {
    private static final HexNames NAMES = new HexNames(3);

    @TempDir Path temporary;

    private final RealDisk disk = new RealDisk();
    private LocalRanges ranges;

    @BeforeEach
    void open() throws IOException {
        ranges = LocalRanges.open(disk, directory(), NAMES);
    }

    private Path directory() {
        return temporary.resolve("meta/ranges");
    }

    @Test
    void keepsFilesWithTheirTimesAndAttributes() throws IOException {
        RangeFile file = put(ranges, id(0, 1, 2), "hello", TIME, Map.of("a-checksum", "42"));

        assertThat(file).isEqualTo(new RangeFile(id(0, 1, 2), 5, TIME));
        assertThat(Files.readString(directory().resolve(NAMES.nameOf(id(0, 1, 2)))))
                .isEqualTo("hello");
        assertThat(ranges.bytes()).isEqualTo(5);
        open();
        assertThat(ranges.known().list(0)).containsExactly(file);
        assertThat(read(ranges, id(0, 1, 2))).isEqualTo("hello");
        assumeThat(disk.keepsAttributes(directory())).isTrue();
        assertThat(ranges.attributes(id(0, 1, 2))).isEqualTo(Map.of("a-checksum", "42"));
    }

    @Test
    void dropsWhatIsNotFinished() throws IOException {
        try (StagedRange staged = ranges.stage(0)) {
            staged.file().write(ByteBuffer.wrap("half".getBytes(UTF_8)), 0);
        }

        assertThat(ranges.known().list(0)).isEmpty();
        try (var files = Files.list(directory().resolve("0"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void sweepsWhatACrashLeftAndLeavesForeignFilesAlone() throws IOException {
        put(ranges, id(0, 1, 1), "x");
        Path left = Files.writeString(directory().resolve("0/0000.tmp"), "half");
        Path foreign = Files.writeString(directory().resolve("0/README"), "hello");
        Path wrongPlace =
                Files.writeString(
                        directory().resolve("0/0000000000000009-0000000000000001.range"), "x");
        open();

        assertThat(left).doesNotExist();
        assertThat(foreign).exists();
        assertThat(wrongPlace).exists();
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 1, 1));
    }

    @Test
    void doesNotReplaceAFile() throws IOException {
        put(ranges, id(0, 1, 1), "first");

        assertThatThrownBy(() -> put(ranges, id(0, 1, 1), "second"))
                .isInstanceOf(RangeTakenException.class)
                .hasMessageContaining("0000000000000001-0000000000000001");
        assertThat(read(ranges, id(0, 1, 1))).isEqualTo("first");
        try (var files = Files.list(directory().resolve("0"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void finishesOnlyOnce() throws IOException {
        try (StagedRange staged = ranges.stage(0)) {
            staged.finish(1, 1, TIME, Map.of());
            assertThatThrownBy(() -> staged.finish(2, 2, TIME, Map.of()))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 1, 1));
    }

    @Test
    void saysThatAFileIsGone() {
        assertThatThrownBy(() -> ranges.open(id(0, 1, 1))).isInstanceOf(RangeGoneException.class);
        assertThatThrownBy(() -> ranges.body(id(0, 1, 1))).isInstanceOf(RangeGoneException.class);
        assertThatThrownBy(() -> ranges.fetch(id(0, 1, 1), temporary.resolve("x")))
                .isInstanceOf(RangeGoneException.class);
    }

    @Test
    void fetchesByALink() throws IOException {
        put(ranges, id(0, 1, 1), "hello");
        Path destination = temporary.resolve("copy");

        ranges.fetch(id(0, 1, 1), destination);

        assertThat(Files.readString(destination)).isEqualTo("hello");
        assertThat(Files.getAttribute(destination, "unix:nlink")).isEqualTo(2);
        assertThatThrownBy(() -> ranges.fetch(id(0, 1, 1), destination))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void copiesWhereALinkIsNotPossible() throws IOException {
        NoLinks noLinks = new NoLinks(disk);
        LocalRanges copying = LocalRanges.open(noLinks, directory(), NAMES);
        String text = "hello ".repeat(100_000);
        put(copying, id(0, 1, 1), text);
        Path destination = temporary.resolve("copy");

        copying.fetch(id(0, 1, 1), destination);

        assertThat(Files.readString(destination)).isEqualTo(text);
        assertThat(Files.getAttribute(destination, "unix:nlink")).isEqualTo(1);
        assertThatThrownBy(() -> copying.fetch(id(0, 1, 1), destination))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.readString(destination)).isEqualTo(text);
    }

    @Test
    void deletesWhatIsNotPinned() throws IOException {
        for (int i = 1; i <= 5; i++) {
            put(ranges, id(0, i, i), "x");
        }
        try (Pin pin = ranges.pin(List.of(id(0, 2, 2)))) {
            assertThat(ids(ranges.retain(Retention.upTo(0, 4, 1))))
                    .containsExactly(id(0, 1, 1), id(0, 3, 3), id(0, 4, 4));
        }
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 2, 2), id(0, 5, 5));
        assertThat(ranges.delete(List.of(id(0, 2, 2), id(0, 9, 9)))).hasSize(1);
        open();
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 5, 5));
    }

    @Test
    void evictsTheOldestThatAreConfirmedDownToABudget() throws IOException {
        for (int i = 1; i <= 6; i++) {
            put(ranges, id(0, i, i), "0123456789", Instant.ofEpochSecond(100 - i), Map.of());
        }
        put(ranges, id(1, 1, 4), "0123456789", Instant.ofEpochSecond(1), Map.of());

        assertThat(ids(ranges.evict(35, file -> file.id().first() != 5)))
                .as("oldest first, not 5, not the newest of a level")
                .containsExactly(id(0, 4, 4), id(0, 3, 3), id(0, 2, 2), id(0, 1, 1));
        assertThat(ranges.bytes()).isEqualTo(30);
        assertThat(ranges.evict(0, file -> true)).hasSize(1);
        assertThat(ids(ranges.known().list(0))).containsExactly(id(0, 6, 6));
        assertThat(ids(ranges.known().list(1))).containsExactly(id(1, 1, 4));
        assertThat(ranges.evict(0, file -> true)).isEmpty();
    }

    @Test
    void forcesTwicePerFile() throws IOException {
        SimulatedDisk simulated = new SimulatedDisk();
        LocalRanges simulatedRanges = LocalRanges.open(simulated, Path.of("/ranges"), NAMES);
        put(simulatedRanges, id(0, 1, 1), "x");
        int forces = simulated.count(Operation.FORCE);
        int directoryForces = simulated.count(Operation.FORCE_DIRECTORY);

        put(simulatedRanges, id(0, 2, 2), "x");

        assertThat(simulated.count(Operation.FORCE) - forces).isEqualTo(1);
        assertThat(simulated.count(Operation.FORCE_DIRECTORY) - directoryForces).isEqualTo(1);
    }

    @Test
    void takesNoMoreFilesOnceAFolderCouldNotBeForced() throws IOException {
        SimulatedDisk simulated = new SimulatedDisk();
        LocalRanges failing = LocalRanges.open(simulated, Path.of("/ranges"), NAMES);
        put(failing, id(0, 1, 1), "x");
        simulated.fail(Operation.FORCE_DIRECTORY, 1, "broken");

        assertThatThrownBy(() -> put(failing, id(0, 2, 2), "x")).hasMessageContaining("broken");
        assertThatThrownBy(() -> put(failing, id(0, 3, 3), "x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("open it again")
                .hasMessageContaining("broken");
        assertThat(ids(failing.known().list(0))).containsExactly(id(0, 1, 1));
        assertThat(read(failing, id(0, 1, 1))).isEqualTo("x");
    }

    @Test
    void aFailedForceOfAFileConcernsThatFileOnly() throws IOException {
        SimulatedDisk simulated = new SimulatedDisk();
        LocalRanges failing = LocalRanges.open(simulated, Path.of("/ranges"), NAMES);
        simulated.fail(Operation.FORCE, 1, "broken");

        assertThatThrownBy(() -> put(failing, id(0, 1, 1), "x")).hasMessageContaining("broken");
        put(failing, id(0, 1, 1), "again");

        assertThat(read(failing, id(0, 1, 1))).isEqualTo("again");
        assertThat(simulated.files()).hasSize(1);
    }
}
