package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Flips every single bit of small journals.
class JournalFlipTest {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withoutBackground().withRecycledFilesMax(1);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final SplittableRandom random = new SplittableRandom(42);
    private final List<String> texts = new ArrayList<>();

    @Test
    void namesEveryFlippedBitOfAClosedJournal() throws IOException {
        Journal journal = open(new Replayed());
        fill(journal, 2);
        append(journal, 2, 30);
        journal.close();

        assertThat(journal.fileStarts()).hasSize(2);
        flipAll(disk, disk.files());
    }

    @Test
    void namesEveryFlippedBitOfAnIdleJournal() throws IOException {
        Journal journal = open(new Replayed());
        fill(journal, 2);
        append(journal, 3, 10);
        journal.mark();

        SimulatedDisk idle = disk.kill();
        assertThat(idle.files()).anyMatch(path -> path.toString().endsWith(".journal"));
        flipAll(idle, List.of(journal.fileOf(journal.activeFileStart())));
    }

    @Test
    void namesEveryFlippedBitOfAJournalThatEndsInAnEmptyOne() throws IOException {
        Journal journal = open(new Replayed());
        append(journal, 1, SETTINGS.entryBytesMax() - 200);
        assertThat(journal.room(1000)).isEqualTo(Journal.Room.FITS);
        assertThat(journal.fileStarts()).hasSize(2);

        flipAll(disk.kill(), List.of(journal.fileOf(journal.activeFileStart())));
    }

    @Test
    void namesEveryFlippedBitOfAJournalThatWasNeverAppendedTo() throws IOException {
        open(new Replayed()).close();

        flipAll(disk, disk.files());
    }

    @Test
    void namesEveryFlippedBitOfWhatLivesInARecycledFile() throws IOException {
        Journal journal = open(new Replayed());
        fill(journal, 2);
        journal.dropBefore(journal.activeFileStart());
        int before = texts.size();
        long fileBefore = journal.activeFileStart();
        while (journal.activeFileStart() == fileBefore) {
            append(journal, 1, 400);
        }
        journal.close();
        Replayed replayed = new Replayed(fileBefore);
        assertThat(open(replayed).fileStarts()).hasSize(2);
        assertThat(replayed.texts())
                .endsWith(texts.subList(before, texts.size()).toArray(String[]::new));

        Path recycled = DIRECTORY.resolve(JournalFormat.fileName(journal.activeFileStart()));
        NavigableSet<Long> units = units(disk, recycled);
        for (long bit = 0; bit < 8 * SETTINGS.fileBytes(); bit++) {
            if (bit / 8 < units.last()) {
                assertNamed(disk, recycled, bit, units, fileBefore);
            } else {
                Replayed after = new Replayed(fileBefore);
                disk.flipBit(recycled, bit);
                open(after, disk);
                disk.flipBit(recycled, bit);
                if (!after.texts().equals(replayed.texts())) {
                    throw new AssertionError("bit %d of old bytes".formatted(bit));
                }
            }
        }
    }

    @Test
    void cutsOnlyWhatIsPastTheLastDurableEndOfAKilledJournal() throws IOException {
        Journal journal = open(new Replayed());
        fill(journal, 2);
        append(journal, 2, 40);
        int durable = texts.size();
        append(journal, 3, 50); // a whole batch: nothing after it says that it was forced
        flipAllKilled(durable);
    }

    @Test
    void cutsOnlyTheTornBatchOfAJournalKilledInTheMiddleOfOne() throws IOException {
        Journal journal = open(new Replayed());
        fill(journal, 2);
        append(journal, 2, 40);
        append(journal, 2, 30);
        int durable = texts.size() - 2; // the last whole batch may be cut once it has a flipped bit
        disk.fail(Operation.WRITE, 1, "killed");
        JournalTest.stage(journal, "torn".repeat(100));
        try {
            journal.commit();
        } catch (JournalFailedException e) {
            assertThat(e).hasMessageContaining("killed");
        }
        flipAllKilled(durable);
    }

    /// Whatever bit of the last file is flipped (in the others it is as in a closed journal): the journal stays
    /// shut, or has everything that was known to be durable.
    private void flipAllKilled(int durable) throws IOException {
        SimulatedDisk killed = disk.kill();
        SimulatedDisk flipped = killed.kill();
        Path last = killed.files().getLast();
        int refused = 0;
        for (long bit = 0; bit < 8 * SETTINGS.fileBytes(); bit++) {
            flipped.flipBit(last, bit);
            Replayed replayed = new Replayed();
            try {
                open(replayed, flipped);
                boolean prefix = replayed.texts().equals(texts.subList(0, replayed.texts().size()));
                if (!prefix || replayed.texts().size() < durable) {
                    throw new AssertionError("bit %d of %s".formatted(bit, last));
                }
                flipped = killed.kill();
            } catch (JournalDamagedException e) {
                if (!e.file().equals(last)) {
                    throw new AssertionError("bit %d of %s".formatted(bit, last), e);
                }
                flipped.flipBit(last, bit);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(8 * JournalFormat.HEADER_BYTES);
    }

    private void flipAll(SimulatedDisk image, List<Path> files) throws IOException {
        Replayed whole = new Replayed();
        open(whole, image.kill());
        assertThat(whole.texts()).isEqualTo(texts);
        int changes = changes(image);
        for (Path path : files) {
            NavigableSet<Long> units = units(image, path);
            for (long bit = 0; bit < 8 * SETTINGS.fileBytes(); bit++) {
                assertNamed(image, path, bit, units, 0);
            }
        }
        assertThat(changes(image)).as("operations of refused opens").isEqualTo(changes);
    }

    private void assertNamed(
            SimulatedDisk image, Path path, long bit, NavigableSet<Long> units, long neededFrom)
            throws IOException {
        image.flipBit(path, bit);
        try {
            Journal.open(image, DIRECTORY, SETTINGS, random, new Ignoring(neededFrom));
        } catch (JournalDamagedException e) {
            image.flipBit(path, bit);
            long unit = units.floor(bit / 8);
            boolean named =
                    e.file().equals(path)
                            && unit <= e.filePosition()
                            && e.filePosition() <= bit / 8;
            if (!named || e.expected().equals(e.actual())) {
                throw new AssertionError(
                        "bit %d of %s, in what lies at %d".formatted(bit, path, unit), e);
            }
            return;
        }
        throw new AssertionError("bit %d of %s was not found".formatted(bit, path));
    }

    private record Ignoring(long neededFrom) implements JournalReplay {
        @Override
        public void file(long start) {}

        @Override
        public void entry(long position, ByteBuffer payload) {}
    }

    private static int changes(SimulatedDisk image) {
        int changes = 0;
        for (Operation operation : Operation.values()) {
            changes += image.count(operation);
        }
        return changes;
    }

    /// Returns the file positions where something of its own begins: batches, entries, the rest.
    private static NavigableSet<Long> units(SimulatedDisk image, Path path) throws IOException {
        NavigableSet<Long> units = new TreeSet<>();
        units.add(0L);
        Long start = JournalFormat.startOf(path.getFileName().toString());
        Long next = new TreeSet<>(JournalRecovery.starts(image, DIRECTORY)).higher(start);
        try (DiskFile file = image.openForReading(path)) {
            FileHeader header = JournalScan.readHeader(file, start, null);
            JournalScan scan =
                    next == null
                            ? JournalScan.last(file, header)
                            : JournalScan.full(file, header, next);
            for (boolean more = true; more; ) {
                switch (scan.next()) {
                    case Scanned.Batch batch ->
                            units.add(header.filePosition(batch.header().position()));
                    case Scanned.Entry entry -> units.add(header.filePosition(entry.position()));
                    case Scanned.End end -> {
                        units.add(header.filePosition(end.position()));
                        more = false;
                    }
                    case Scanned.Torn torn -> throw new AssertionError(torn);
                    case Scanned.Damaged damaged -> throw new AssertionError(damaged);
                }
            }
        }
        return units;
    }

    /// Appends batches of all kinds until there are so many files.
    private void fill(Journal journal, int files) throws IOException {
        append(journal, 1, 1);
        append(journal, 5, 7);
        journal.mark();
        append(journal, 1, 900);
        append(journal, 3, 100);
        for (int i = 0; journal.fileStarts().size() < files; i++) {
            append(journal, 1 + i % 3, 200 + i);
            if (i % 4 == 0) {
                journal.mark();
            }
        }
    }

    private void append(Journal journal, int entries, int bytes) throws IOException {
        for (int i = 0; i < entries; i++) {
            if (journal.room(bytes) == Journal.Room.AFTER_COMMIT) {
                journal.commit();
            }
            texts.add(text(bytes));
            JournalTest.stage(journal, texts.getLast());
        }
        journal.commit();
    }

    /// Text of all kinds of bits; every other one mostly zero.
    private String text(int bytes) {
        char[] chars = new char[bytes];
        boolean sparse = random.nextBoolean();
        for (int i = 0; i < bytes; i++) {
            chars[i] = (char) (sparse ? 0 : random.nextInt(128));
        }
        return new String(chars);
    }

    private Journal open(Replayed replayed) throws IOException {
        return open(replayed, disk);
    }

    private static Journal open(Replayed replayed, SimulatedDisk disk) throws IOException {
        return Journal.open(disk, DIRECTORY, SETTINGS, new SplittableRandom(7), replayed);
    }
}
