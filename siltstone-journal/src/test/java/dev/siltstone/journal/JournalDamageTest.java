package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Damage larger than a bit: the journal stays shut, says where and why, and changes nothing.
class JournalDamageTest {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withoutBackground();

    private final SimulatedDisk disk = new SimulatedDisk();
    private List<Path> files = List.of();

    @BeforeEach
    void fill() throws IOException {
        try (Journal journal = open(disk, 1)) {
            while (journal.fileStarts().size() < 4) {
                JournalTest.stage(journal, "x".repeat(700));
                journal.commit();
            }
        }
        files = disk.list(DIRECTORY);
    }

    @Test
    void missesAFileInTheMiddle() {
        disk.remove(files.get(1));

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(0));
        assertThat(damage).hasMessageContaining("a file of the log is missing");
        assertThat(damage.expected()).contains(files.get(1).getFileName().toString());
        assertThat(damage.actual()).contains(files.get(2).getFileName().toString());
    }

    @Test
    void missesTheFirstFile() {
        disk.remove(files.get(0));

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(1));
        assertThat(damage).hasMessageContaining("files before this one are missing");
        assertThat(damage.expected()).isEqualTo("a file that holds position 0");
    }

    @Test
    void seesThatAFileIsShorterThanItsCapacity() throws IOException {
        try (DiskFile file = disk.open(files.get(3))) {
            file.truncate(4000);
            file.force();
        }

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(3));
        assertThat(damage.expected()).isEqualTo("4096 bytes");
        assertThat(damage.actual()).isEqualTo("4000 bytes");
    }

    @Test
    void seesAnEmptyFile() throws IOException {
        try (DiskFile file = disk.open(files.get(2))) {
            file.truncate(0);
        }

        assertThat((Object) refused().file()).isEqualTo(files.get(2));
    }

    @Test
    void seesThatAFileHasAnotherFilesName() throws IOException {
        disk.put(files.get(2), disk.bytes(files.get(1)));

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(2));
        assertThat(damage).hasMessageContaining("another file's name");
    }

    @Test
    void seesAFileOfAnotherLog() throws IOException {
        SimulatedDisk other = new SimulatedDisk();
        try (Journal journal = open(other, 2)) {
            while (journal.fileStarts().size() < 4) {
                JournalTest.stage(journal, "x".repeat(700));
                journal.commit();
            }
        }
        disk.put(files.get(3), other.bytes(files.get(3)));

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(3));
        assertThat(damage).hasMessageContaining("another log");
    }

    @Test
    void seesAnOlderCopyOfAFile() throws IOException {
        byte[] old = disk.bytes(files.get(3));
        try (Journal journal = open(disk, 3)) {
            while (journal.fileStarts().size() < 5) {
                JournalTest.stage(journal, "y".repeat(700));
                journal.commit();
            }
        }
        disk.put(files.get(3), old);

        JournalDamagedException damage = refused();
        assertThat((Object) damage.file()).isEqualTo(files.get(3));
        assertThat(damage).hasMessageContaining("is missing, or this one lost its end");
    }

    @Test
    void seesZeroedSectorsAnywhereBeforeTheTail() throws IOException {
        for (Path path : files.subList(0, 3)) {
            byte[] whole = disk.bytes(path);
            int used = lastSetByte(whole);
            for (int sector = 0; sector < used; sector += 512) {
                byte[] zeroed = whole.clone();
                Arrays.fill(zeroed, sector, Math.min(sector + 512, zeroed.length), (byte) 0);
                disk.put(path, zeroed);
                assertThat((Object) refused().file()).as("sector at %d", sector).isEqualTo(path);
            }
            disk.put(path, whole);
        }
    }

    @Test
    void changesNothingWhenItRefuses() throws IOException {
        disk.put(DIRECTORY.resolve("next.prepared"), new byte[10]);
        disk.remove(files.get(1));
        int before = operations();
        refused();

        assertThat(operations()).isEqualTo(before);
        assertThat(disk.exists(DIRECTORY.resolve("next.prepared"))).isTrue();
    }

    @Test
    void findsAFlippedBitWhileItIsRead() throws IOException {
        try (Journal journal = open(disk, 1)) {
            long position = JournalFormat.BATCH_HEADER_BYTES;
            assertThat(journal.readEntry(position).remaining()).isEqualTo(700);
            disk.flipBit(files.get(0), 8 * 500);

            JournalDamagedException damage =
                    catchThrowableOfType(
                            JournalDamagedException.class, () -> journal.readEntry(position));
            assertThat((Object) damage.file()).isEqualTo(files.get(0));
            assertThat(damage.position()).isEqualTo(position);
            assertThat(damage.filePosition()).isEqualTo(position + JournalFormat.HEADER_BYTES);
            ByteBuffer raw = ByteBuffer.allocate(10);
            assertThat(journal.read(raw, position)).as("raw reads verify nothing").isEqualTo(10);
        }
    }

    private JournalDamagedException refused() {
        JournalDamagedException damage =
                catchThrowableOfType(JournalDamagedException.class, () -> open(disk, 4));
        assertThat(damage).isNotNull();
        assertThat(damage.expected()).isNotEqualTo(damage.actual());
        assertThat(damage).hasMessageContaining(damage.file().toString());
        return damage;
    }

    private int operations() {
        int operations = 0;
        for (Operation operation : Operation.values()) {
            operations += disk.count(operation);
        }
        return operations;
    }

    private static int lastSetByte(byte[] bytes) {
        int last = bytes.length - 1;
        while (bytes[last] == 0) {
            last--;
        }
        return last;
    }

    private static Journal open(SimulatedDisk disk, long seed) throws IOException {
        return Journal.open(disk, DIRECTORY, SETTINGS, new SplittableRandom(seed), new Replayed());
    }
}
