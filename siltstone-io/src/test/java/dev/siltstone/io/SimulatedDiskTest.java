package dev.siltstone.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest extends DiskContract {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path FILE = DIRECTORY.resolve("a");
    private static final int TRIES = 200;

    private final SimulatedDisk disk = new SimulatedDisk();

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path directory() {
        return DIRECTORY;
    }

    @Override
    void removeBehindItsBack(Path path) {
        disk.remove(path);
    }

    @Test
    void keepsWhatWasForced() throws IOException {
        forced("hello");

        assertThat(found("a")).containsExactly("hello");
    }

    @Test
    void losesOrKeepsWhatWasOnlyWritten() throws IOException {
        DiskFile file = forced("hello");
        file.write(text("there"), 0);

        assertThat(found("a")).containsExactlyInAnyOrder("hello", "there");
    }

    @Test
    void losesOrKeepsANameThatWasNotForced() throws IOException {
        try (DiskFile file = disk.create(FILE)) {
            file.write(text("hello"), 0);
            file.force();
        }

        assertThat(found("a")).containsExactlyInAnyOrder("hello", "none");
    }

    @Test
    void losesOrKeepsARename() throws IOException {
        forced("hello");
        disk.rename(FILE, DIRECTORY.resolve("b"));
        Set<List<Path>> listings = new HashSet<>();
        for (int seed = 0; seed < TRIES; seed++) {
            listings.add(disk.crash(new Random(seed)).files());
        }

        assertThat(listings)
                .containsExactlyInAnyOrder(List.of(FILE), List.of(DIRECTORY.resolve("b")));
    }

    @Test
    void losesOrKeepsADeletion() throws IOException {
        forced("hello");
        disk.delete(FILE);
        assertThat(found("a")).containsExactlyInAnyOrder("hello", "none");

        disk.forceDirectory(DIRECTORY);
        assertThat(found("a")).containsExactly("none");
    }

    @Test
    void tearsAWriteBetweenSectors() throws IOException {
        try (DiskFile file = forced("-".repeat(3 * SimulatedDisk.SECTOR_BYTES))) {
            file.write(text("+".repeat(3 * SimulatedDisk.SECTOR_BYTES)), 0);
        }
        Set<String> patterns = new HashSet<>();
        for (int seed = 0; seed < TRIES; seed++) {
            byte[] bytes = disk.crash(new Random(seed)).bytes(FILE);
            patterns.add("" + (char) bytes[0] + (char) bytes[512] + (char) bytes[1024]);
            assertThat(Arrays.copyOfRange(bytes, 512, 1024)).containsOnly(bytes[512]);
        }

        assertThat(patterns).hasSize(8);
    }

    @Test
    void keepsEverythingWhenOnlyTheProcessDies() throws IOException {
        try (DiskFile file = disk.create(FILE)) {
            file.write(text("hello"), 0);
        }
        SimulatedDisk next = disk.kill();

        assertThat(new String(next.bytes(FILE), UTF_8)).isEqualTo("hello");
        assertThat(found(next, "a")).contains("none", "hello", "");
    }

    @Test
    void doesNotHealAFailedForceByALaterOne() throws IOException {
        DiskFile file = forced("hello");
        file.write(text("there"), 0);
        disk.fail(SimulatedDisk.Operation.FORCE, 1, "input/output error");
        assertThatThrownBy(file::force).hasMessageContaining("input/output error");
        file.force();
        assertThat(found("a")).containsExactlyInAnyOrder("hello", "there");
        assertThat(new String(disk.bytes(FILE), UTF_8)).isEqualTo("there");

        file.write(text("there"), 0);
        file.force();
        assertThat(found("a")).containsExactly("there");
    }

    @Test
    void writesHalfBeforeItFails() throws IOException {
        DiskFile file = forced("....");
        disk.fail(SimulatedDisk.Operation.WRITE, 1, "input/output error");

        assertThatThrownBy(() -> file.write(text("abcd"), 0))
                .hasMessageContaining("input/output error");
        assertThat(new String(disk.bytes(FILE), UTF_8)).isEqualTo("ab..");
    }

    @Test
    void fillsUp() throws IOException {
        DiskFile file = forced("1234");
        disk.limitCapacity(6);
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(2);

        assertThatThrownBy(() -> file.write(text("567"), 4))
                .hasMessageContaining("No space left on device");
        assertThat(new String(disk.bytes(FILE), UTF_8)).isEqualTo("123456");
        file.write(text("654321"), 0);
        disk.limitCapacity(7);
        file.write(text("7"), 6);
    }

    @Test
    void stallsUntilReleased() throws Exception {
        DiskFile file = forced("hello");
        SimulatedDisk.Stall stall = disk.stall(SimulatedDisk.Operation.FORCE, 1);
        List<IOException> failures = new ArrayList<>();
        Thread forcing =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                file.force();
                            } catch (IOException e) {
                                failures.add(e);
                            }
                        });
        stall.awaitReached();
        file.write(text("there"), 0); // others go on
        stall.release();
        forcing.join();

        assertThat(failures).isEmpty();
    }

    @Test
    void tellsAfterEachOperation() throws IOException {
        List<String> told = new ArrayList<>();
        disk.observe((operation, path) -> told.add(operation + " " + path.getFileName()));
        forced("hello");

        assertThat(told).containsExactly("CREATE a", "WRITE a", "FORCE a", "FORCE_DIRECTORY data");
        assertThat(disk.count(SimulatedDisk.Operation.WRITE)).isEqualTo(1);
    }

    @Test
    void flipsABit() throws IOException {
        forced("a");
        disk.flipBit(FILE, 1);

        assertThat(found("a")).containsExactly("c");
        assertThat(new String(disk.bytes(FILE), UTF_8)).isEqualTo("c");
    }

    private DiskFile forced(String text) throws IOException {
        DiskFile file = disk.create(FILE);
        file.write(text(text), 0);
        file.force();
        disk.forceDirectory(DIRECTORY);
        return file;
    }

    private Set<String> found(String name) {
        return found(disk, name);
    }

    private static Set<String> found(SimulatedDisk disk, String name) {
        Set<String> found = new HashSet<>();
        for (int seed = 0; seed < TRIES; seed++) {
            SimulatedDisk after = disk.crash(new Random(seed));
            Path path = DIRECTORY.resolve(name);
            found.add(after.exists(path) ? new String(after.bytes(path), UTF_8) : "none");
        }
        return found;
    }
}
