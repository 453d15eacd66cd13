package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final Path DIRECTORY = Path.of("/data/journal");
    private static final JournalSettings SMALL =
            JournalSettings.ofFileBytes(4096).withoutBackground().withRecycledFilesMax(0);

    private SimulatedDisk disk = new SimulatedDisk();

    @Test
    void replaysWhatWasCommitted() throws IOException {
        List<Long> positions = new ArrayList<>();
        try (Journal journal = open()) {
            positions.add(append(journal, "one"));
            stage(journal, "two");
            positions.add(stage(journal, "three"));
            journal.commit();
        }
        Replayed replayed = new Replayed();
        open(replayed).close();

        assertThat(replayed.texts()).containsExactly("one", "two", "three");
        assertThat(replayed.entries.keySet()).containsAll(positions);
        assertThat(replayed.files).containsExactly(0L);
    }

    @Test
    void makesABatchDurableWithOneWriteAndOneForce() throws IOException {
        try (Journal journal = open()) {
            for (int i = 0; i < 20; i++) {
                stage(journal, "entry " + i);
            }
            int writes = disk.count(Operation.WRITE);
            int forces = disk.count(Operation.FORCE);
            long before = journal.durableEnd();
            assertThat(journal.hasStaged()).isTrue();
            journal.commit();

            assertThat(disk.count(Operation.WRITE) - writes).isEqualTo(1);
            assertThat(disk.count(Operation.FORCE) - forces).isEqualTo(1);
            assertThat(journal.durableEnd()).isGreaterThan(before);
            assertThat(journal.hasStaged()).isFalse();
            journal.commit();
            assertThat(disk.count(Operation.FORCE) - forces).isEqualTo(1);
        }
    }

    @Test
    void readsEntriesAndRawBytes() throws IOException {
        try (Journal journal = open()) {
            long first = append(journal, "hello");
            long second = append(journal, "world");

            assertThat(UTF_8.decode(journal.readEntry(first)).toString()).isEqualTo("hello");
            assertThat(UTF_8.decode(journal.readEntry(second)).toString()).isEqualTo("world");
            ByteBuffer raw = ByteBuffer.allocate(3);
            assertThat(journal.read(raw, second + Journal.ENTRY_HEADER_BYTES + 1)).isEqualTo(3);
            assertThat(UTF_8.decode(raw.flip()).toString()).isEqualTo("orl");
            assertThat(journal.fileOf(second))
                    .isEqualTo(DIRECTORY.resolve("00000000000000000000.journal"));
        }
    }

    @Test
    void readsNothingThatIsNotDurable() throws IOException {
        try (Journal journal = open()) {
            append(journal, "hello");
            long staged = stage(journal, "world");

            assertThatThrownBy(() -> journal.read(ByteBuffer.allocate(1), staged))
                    .isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> journal.readEntry(staged)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void movesOnToTheNextFileAndReadsAllOfThem() throws IOException {
        List<Long> positions = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        try (Journal journal = open(new Replayed(), SMALL.withOpenFilesMax(1))) {
            for (int i = 0; i < 100; i++) {
                texts.add("%d ".formatted(i).repeat(100));
                positions.add(append(journal, texts.getLast()));
            }
            assertThat(journal.fileStarts()).hasSizeGreaterThan(5).startsWith(0L);
            assertThat(journal.fileStarts().getLast()).isEqualTo(journal.activeFileStart());
            for (int i = 99; i >= 0; i--) {
                assertThat(UTF_8.decode(journal.readEntry(positions.get(i))).toString())
                        .isEqualTo(texts.get(i));
            }
        }
        Replayed replayed = new Replayed();
        try (Journal journal = open(replayed)) {
            assertThat(replayed.texts()).isEqualTo(texts);
            assertThat(replayed.files).isEqualTo(journal.fileStarts());
            assertThat(journal.readEntry(positions.getFirst()).remaining())
                    .isEqualTo(texts.getFirst().length());
        }
    }

    @Test
    void asksForACommitBeforeItMovesOn() throws IOException {
        try (Journal journal = open()) {
            stage(journal, "x".repeat(3000));

            assertThat(journal.room(1000)).isEqualTo(Journal.Room.AFTER_COMMIT);
            journal.commit();
            assertThat(journal.activeFileStart()).isZero();
            assertThat(journal.room(1000)).isEqualTo(Journal.Room.FITS);
            assertThat(journal.activeFileStart()).isEqualTo(journal.durableEnd());
        }
    }

    @Test
    void takesTheLargestEntryAndRefusesALargerOne() throws IOException {
        try (Journal journal = open()) {
            append(journal, "small");
            String largest = "x".repeat(SMALL.entryBytesMax());
            long position = append(journal, largest);

            assertThat(journal.readEntry(position).remaining()).isEqualTo(largest.length());
            journal.mark();
            assertThatThrownBy(() -> journal.room(SMALL.entryBytesMax() + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(reopened().texts()).hasSize(2);
    }

    @Test
    void marksTheTailOnce() throws IOException {
        try (Journal journal = open()) {
            append(journal, "hello");
            journal.mark();
            long end = journal.durableEnd();
            journal.mark();

            assertThat(journal.durableEnd()).isEqualTo(end);
        }
        long end;
        try (Journal journal = open()) {
            end = journal.durableEnd();
        }
        try (Journal journal = open()) {
            assertThat(journal.durableEnd()).as("a mark is not added to a mark").isEqualTo(end);
            append(journal, "world");
            assertThat(journal.durableEnd()).isGreaterThan(end);
        }
    }

    @Test
    void keepsABatchThatWasNotForcedAndForcesIt() throws IOException {
        Journal journal = open();
        append(journal, "one");
        disk.fail(Operation.FORCE, 1, "input/output error");
        stage(journal, "two");
        assertThatThrownBy(journal::commit).isInstanceOf(JournalFailedException.class);

        disk = disk.kill();
        Replayed replayed = new Replayed();
        open(replayed);
        assertThat(replayed.texts()).containsExactly("one", "two");
        for (int seed = 0; seed < 50; seed++) {
            assertThat(reopened(disk.crash(new Random(seed))).texts())
                    .containsExactly("one", "two");
        }
    }

    @Test
    void truncatesATornBatchAtTheTail() throws IOException {
        Journal journal = open();
        append(journal, "one");
        disk.fail(Operation.WRITE, 1, "input/output error"); // writes half
        stage(journal, "two".repeat(100));
        assertThatThrownBy(journal::commit).isInstanceOf(JournalFailedException.class);

        disk = disk.kill();
        Replayed replayed = new Replayed();
        try (Journal again = open(replayed)) {
            assertThat(replayed.texts()).containsExactly("one");
            append(again, "three");
        }
        assertThat(reopened().texts()).containsExactly("one", "three");
    }

    @Test
    void leavesNoByteOfATornBatch() throws IOException {
        Journal journal = open();
        append(journal, "one");
        disk.fail(Operation.WRITE, 1, "input/output error"); // writes half
        stage(journal, "two".repeat(800));
        assertThatThrownBy(journal::commit).isInstanceOf(JournalFailedException.class);

        disk = disk.kill();
        long end;
        try (Journal again = open()) {
            end = again.durableEnd();
            byte[] bytes = disk.crash(new Random(1)).bytes(again.fileOf(0));
            assertThat(
                            Arrays.copyOfRange(
                                    bytes, (int) end + JournalFormat.HEADER_BYTES, bytes.length))
                    .containsOnly(0);
            append(again, "small");
            append(again, "does not fit in the rest".repeat(162));
            assertThat(again.fileStarts()).hasSize(2);
        }
        assertThat(reopened().texts()).hasSize(3);
    }

    @Test
    void doesNotTakeEntriesOfTwoBatchesForOne() throws IOException {
        Journal journal = open();
        append(journal, "before");
        long position = journal.durableEnd();
        SimulatedDisk first = commitTwo(disk.kill(), "a");
        SimulatedDisk second = commitTwo(disk.kill(), "b");
        Path path = journal.fileOf(0);
        byte[] mixed = first.bytes(path);
        int secondEntry =
                (int) position
                        + JournalFormat.HEADER_BYTES
                        + JournalFormat.BATCH_HEADER_BYTES
                        + Journal.ENTRY_HEADER_BYTES
                        + 600;
        System.arraycopy(
                second.bytes(path), secondEntry, mixed, secondEntry, mixed.length - secondEntry);
        disk.put(path, mixed);

        assertThat(reopened(first).texts()).hasSize(3);
        assertThat(reopened(second).texts()).hasSize(3);
        assertThat(reopened().texts()).containsExactly("before");
    }

    private static SimulatedDisk commitTwo(SimulatedDisk image, String letter) throws IOException {
        Journal journal =
                Journal.open(image, DIRECTORY, SMALL, new SplittableRandom(7), new Replayed());
        stage(journal, letter.repeat(600));
        stage(journal, letter.repeat(600));
        journal.commit();
        return image.kill();
    }

    @Test
    void givesEachFileASaltOfItsOwn() throws IOException {
        Set<Long> salts = new HashSet<>();
        try (Journal journal = open(new Replayed(), SMALL.withRecycledFilesMax(2))) {
            for (int i = 0; i < 100; i++) {
                append(journal, "x".repeat(1000));
                ByteBuffer header =
                        ByteBuffer.wrap(disk.bytes(journal.fileOf(journal.activeFileStart())));
                salts.add(header.getLong(24));
                journal.dropBefore(journal.activeFileStart());
            }
        }
        assertThat(salts).hasSize(34);
    }

    @Test
    void staysShutAfterAFailedForce() throws IOException {
        Journal journal = open();
        long one = append(journal, "one");
        disk.fail(Operation.FORCE, 1, "input/output error");
        stage(journal, "two");
        long durable = journal.durableEnd();

        assertThatThrownBy(journal::commit)
                .isInstanceOf(JournalFailedException.class)
                .hasMessageContaining("input/output error");
        assertThatThrownBy(() -> journal.room(1))
                .isInstanceOf(JournalFailedException.class)
                .hasMessageContaining("input/output error");
        assertThatThrownBy(journal::commit).isInstanceOf(JournalFailedException.class);
        assertThatThrownBy(journal::mark).isInstanceOf(JournalFailedException.class);
        assertThat(journal.failure()).isNotNull();
        assertThat(journal.durableEnd()).isEqualTo(durable);
        assertThat(UTF_8.decode(journal.readEntry(one)).toString()).isEqualTo("one");
        int forces = disk.count(Operation.FORCE);
        journal.close();
        assertThat(disk.count(Operation.FORCE)).as("forces after the failed one").isEqualTo(forces);
    }

    @Test
    void refusesEntriesWithoutSpaceUntilThereIsSome() throws IOException {
        disk.limitCapacity(10_000); // two files, and no third with its reserve
        Journal journal = open(new Replayed(), SMALL.withFreeBytesReserve(0));
        int taken = 0;
        while (journal.room(500) == Journal.Room.FITS) {
            append(journal, "x".repeat(500));
            taken++;
        }
        assertThat(taken).isBetween(8, 16);
        assertThat(journal.noSpace()).isTrue();
        assertThat(journal.failure()).isNull();
        assertThat(journal.room(500)).isEqualTo(Journal.Room.NO_SPACE);

        disk.limitCapacity(20_000);
        journal.prepareNext();
        assertThat(journal.noSpace()).isFalse();
        append(journal, "again");
        journal.close();
        assertThat(reopened().texts()).hasSize(taken + 1);
    }

    @Test
    void leavesNothingOfAFileThatCouldNotBePrepared() throws IOException {
        try (Journal journal = open(new Replayed(), SMALL.withFreeBytesReserve(0))) {
            disk.fail(Operation.WRITE, 1, "No space left on device");

            assertThatThrownBy(journal::prepareNext)
                    .hasMessageContaining("No space left on device");
            assertThat(disk.list(DIRECTORY)).hasSize(1);
            journal.prepareNext();
            assertThat(disk.list(DIRECTORY)).hasSize(2);
        }
        assertThat(disk.list(DIRECTORY))
                .as("the prepared file goes when the journal is closed")
                .hasSize(1);
    }

    @Test
    void writesARemovedFileAgain() throws IOException {
        Journal journal = open();
        append(journal, "one");
        disk.remove(journal.fileOf(0));
        stage(journal, "two");

        assertThatThrownBy(journal::commit)
                .isInstanceOf(JournalFailedException.class)
                .hasMessageContaining("was removed");
        journal.close();
        assertThat(reopened().texts()).containsExactly("one");
    }

    @Test
    void noticesARemovedFileWhileIdle() throws IOException {
        Journal journal = open();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("%d ".formatted(i).repeat(100));
            append(journal, texts.getLast());
        }
        journal.checkFiles();
        assertThat(journal.failure()).isNull();
        journal.readEntry(journal.fileStarts().get(1) + JournalFormat.BATCH_HEADER_BYTES);
        for (long start : journal.fileStarts()) {
            disk.remove(journal.fileOf(start));
        }
        journal.checkFiles();

        assertThat(journal.failure()).hasMessageContaining("was removed");
        assertThatThrownBy(() -> journal.room(1)).isInstanceOf(JournalFailedException.class);
        assertThat(reopened(disk.kill()).texts()).isEqualTo(texts);
    }

    @Test
    void dropsWholeFilesOnly() throws IOException {
        Journal journal = filled(40);
        List<Long> starts = journal.fileStarts();
        journal.dropBefore(starts.get(2) + 1);

        assertThat(journal.fileStarts()).isEqualTo(starts.subList(2, starts.size()));
        assertThatThrownBy(() -> journal.readEntry(JournalFormat.BATCH_HEADER_BYTES))
                .isInstanceOf(IOException.class);
        journal.dropBefore(Long.MAX_VALUE);
        assertThat(journal.fileStarts()).containsExactly(journal.activeFileStart());
        long active = journal.activeFileStart();
        journal.close();

        Replayed replayed = new Replayed(active);
        open(replayed).close();
        assertThat(replayed.files).containsExactly(active);
        assertThatThrownBy(this::open)
                .as("a caller who needs all")
                .isInstanceOf(JournalDamagedException.class)
                .hasMessageContaining("files before this one are missing");
    }

    @Test
    void leavesNoGapWhenAFileCannotBeDropped() throws IOException {
        for (int recycled = 0; recycled < 2; recycled++) {
            disk = new SimulatedDisk();
            Journal journal = filled(40, SMALL.withRecycledFilesMax(recycled));
            List<Long> starts = journal.fileStarts();
            disk.fail(recycled == 0 ? Operation.DELETE : Operation.RENAME, 1, "planned");

            assertThatThrownBy(() -> journal.dropBefore(starts.get(2)))
                    .hasMessageContaining("planned");
            assertThat(journal.fileStarts()).isEqualTo(starts);
            journal.checkFiles();
            assertThat(journal.failure()).isNull();
            assertThat(reopened(disk.kill()).texts()).hasSize(40);
            journal.dropBefore(starts.get(2));
            assertThat(journal.fileStarts()).isEqualTo(starts.subList(2, starts.size()));
        }
    }

    @Test
    void writesDroppedFilesAgain() throws IOException {
        JournalSettings settings = SMALL.withRecycledFilesMax(2);
        Journal journal = open(new Replayed(), settings);
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            kept.add("%d ".formatted(i).repeat(100));
            long before = journal.activeFileStart();
            append(journal, kept.getLast());
            if (journal.activeFileStart() != before) {
                journal.dropBefore(before);
            }
        }
        List<Long> starts = journal.fileStarts();
        assertThat(starts).hasSizeLessThan(4);
        assertThat(disk.count(Operation.CREATE)).as("files ever created").isLessThan(8);
        Replayed replayed = new Replayed(starts.getFirst());
        disk = disk.kill();
        open(replayed, settings).close();
        assertThat(replayed.texts()).isEqualTo(kept.subList(200 - replayed.texts().size(), 200));
        assertThat(replayed.texts()).hasSizeGreaterThan(5);
    }

    @Test
    void ignoresForeignFilesAndDeletesPreparedOnes() throws IOException {
        open().close();
        disk.put(DIRECTORY.resolve("next.prepared"), new byte[100]);
        disk.put(DIRECTORY.resolve("00000000000000000000.runs"), new byte[100]);
        disk.put(DIRECTORY.resolve("1.journal"), new byte[100]);
        disk.put(DIRECTORY.resolve("notes.txt"), new byte[100]);
        open().close();

        assertThat(disk.list(DIRECTORY).stream().map(path -> path.getFileName().toString()))
                .containsExactly(
                        "00000000000000000000.journal",
                        "00000000000000000000.runs",
                        "1.journal",
                        "notes.txt");
    }

    @Test
    void closesThoughAPreparedFileCannotBeDeleted() throws IOException {
        Journal journal = open();
        append(journal, "one");
        journal.prepareNext();
        disk.fail(Operation.DELETE, 1, "input/output error");
        journal.close();

        assertThat(disk.list(DIRECTORY)).hasSize(2);
        assertThat(reopened().texts()).containsExactly("one");
        assertThat(disk.list(DIRECTORY)).hasSize(1);
    }

    @Test
    void refusesEverythingOnceClosed() throws IOException {
        Journal journal = open();
        append(journal, "one");
        journal.close();
        journal.close();

        assertThatThrownBy(() -> journal.room(1)).isInstanceOf(JournalFailedException.class);
        assertThatThrownBy(journal::mark).isInstanceOf(JournalFailedException.class);
        assertThatThrownBy(() -> journal.readEntry(28)).isInstanceOf(IOException.class);
    }

    private Journal filled(int entries) throws IOException {
        return filled(entries, SMALL);
    }

    private Journal filled(int entries, JournalSettings settings) throws IOException {
        Journal journal = open(new Replayed(), settings);
        for (int i = 0; i < entries; i++) {
            append(journal, "%d ".formatted(i).repeat(100));
        }
        return journal;
    }

    private Journal open() throws IOException {
        return open(new Replayed());
    }

    private Journal open(Replayed replayed) throws IOException {
        return open(replayed, SMALL);
    }

    private Journal open(Replayed replayed, JournalSettings settings) throws IOException {
        return Journal.open(disk, DIRECTORY, settings, new SplittableRandom(7), replayed);
    }

    private Replayed reopened() throws IOException {
        return reopened(disk);
    }

    private static Replayed reopened(SimulatedDisk disk) throws IOException {
        Replayed replayed = new Replayed();
        Journal.open(disk, DIRECTORY, SMALL, new SplittableRandom(8), replayed).close();
        return replayed;
    }

    private static long append(Journal journal, String text) throws IOException {
        long position = stage(journal, text);
        journal.commit();
        return position;
    }

    static long stage(Journal journal, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(journal.room(bytes.length)).isEqualTo(Journal.Room.FITS);
        journal.beginEntry(bytes.length).put(bytes);
        return journal.endEntry();
    }
}
