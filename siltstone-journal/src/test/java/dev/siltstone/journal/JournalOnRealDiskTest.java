package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.RealDisk;
import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal with its own thread, on files that are there.
class JournalOnRealDiskTest {
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(64 << 10).withFreeBytesReserve(0);

    @TempDir Path temporary;

    @Test
    void preparesFilesAheadAndRecyclesThem() throws IOException {
        List<String> texts = new ArrayList<>();
        long needed;
        try (Journal journal = open(new Replayed())) {
            for (int i = 0; i < 800; i++) {
                texts.add("%d ".formatted(i).repeat(100));
                JournalTest.stage(journal, texts.getLast());
                journal.commit();
                if (i % 100 == 99) {
                    List<Long> starts = journal.fileStarts();
                    journal.dropBefore(starts.get(Math.max(0, starts.size() - 3)));
                }
            }
            needed = journal.fileStarts().getFirst();
        }
        try (var files = Files.list(directory())) {
            assertThat(files)
                    .allMatch(path -> path.toString().endsWith(".journal"))
                    .hasSizeBetween(3, 10);
        }
        Replayed replayed = new Replayed(needed);
        open(replayed).close();
        assertThat(replayed.texts())
                .isEqualTo(texts.subList(texts.size() - replayed.entries.size(), texts.size()))
                .hasSizeGreaterThan(100);
    }

    @Test
    void doesNotMindInterrupts() throws IOException {
        try (Journal journal = open(new Replayed())) {
            for (int i = 0; i < 300; i++) {
                Thread.currentThread().interrupt();
                JournalTest.stage(journal, "%d ".formatted(i).repeat(100));
                journal.commit();
                assertThat(journal.readEntry(JournalFormat.BATCH_HEADER_BYTES).remaining())
                        .isEqualTo(200);
            }
            assertThat(Thread.interrupted()).isTrue();
        }
        Replayed replayed = new Replayed();
        open(replayed).close();
        assertThat(replayed.texts()).hasSize(300);
    }

    @Test
    void writesEverythingAgainWhenTheDirectoryIsRemoved() throws IOException {
        List<String> texts = new ArrayList<>();
        Journal journal = open(new Replayed());
        for (int i = 0; i < 600; i++) {
            texts.add("%d ".formatted(i).repeat(80));
            JournalTest.stage(journal, texts.getLast());
            journal.commit();
        }
        assertThat(journal.fileStarts()).hasSizeGreaterThan(2);
        for (Path path : new RealDisk().list(directory())) {
            Files.delete(path);
        }
        Files.delete(directory());
        JournalTest.stage(journal, "one more");

        assertThatThrownBy(journal::commit).hasMessageContaining("was removed");
        assertThat(UTF_8.decode(journal.readEntry(JournalFormat.BATCH_HEADER_BYTES)).toString())
                .as("reads go on")
                .isEqualTo(texts.getFirst());
        journal.close();
        Replayed replayed = new Replayed();
        open(replayed).close();
        assertThat(replayed.texts()).isEqualTo(texts);
    }

    @Test
    void writesEverythingAgainWhenItsFilesAreGoneAsItMovesOn() throws IOException {
        Journal journal = open(new Replayed());
        JournalTest.stage(journal, "one");
        journal.commit();
        journal.prepareNext();
        for (Path path : new RealDisk().list(directory())) {
            Files.delete(path);
        }

        assertThatThrownBy(() -> journal.room(SETTINGS.entryBytesMax()))
                .isInstanceOf(JournalFailedException.class);
        journal.checkFiles();
        journal.close();
        Replayed replayed = new Replayed();
        open(replayed).close();
        assertThat(replayed.texts()).containsExactly("one");
    }

    @Test
    void readsWhileTheJournalMovesOn() throws Exception {
        AtomicLong lastDurable = new AtomicLong(-1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        try (Journal journal = open(new Replayed(), SETTINGS.withOpenFilesMax(1))) {
            long[] positions = new long[800];
            for (int r = 0; r < 3; r++) {
                SplittableRandom random = new SplittableRandom(r);
                readers.add(
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                                .start(() -> readAll(journal, positions, lastDurable, random)));
            }
            for (int i = 0; i < positions.length; i++) {
                positions[i] = JournalTest.stage(journal, "%d ".formatted(i).repeat(100));
                journal.commit();
                lastDurable.set(i);
            }
            for (Thread reader : readers) {
                reader.join();
            }
        }
        assertThat(failure.get()).isNull();
    }

    private static void readAll(
            Journal journal, long[] positions, AtomicLong lastDurable, SplittableRandom random) {
        try {
            while (lastDurable.get() < positions.length - 1) {
                int last = (int) lastDurable.get();
                if (last >= 0) {
                    int i = random.nextInt(last + 1);
                    ByteBuffer payload = journal.readEntry(positions[i]);
                    assertThat(UTF_8.decode(payload).toString()).startsWith(i + " ");
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void goesOnByItselfOnceThereIsSpace() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.limitCapacity(10_000);
        JournalSettings small = JournalSettings.ofFileBytes(4096).withFreeBytesReserve(0);
        try (Journal journal =
                Journal.open(disk, directory(), small, new SplittableRandom(1), new Replayed())) {
            while (journal.room(1000) == Journal.Room.FITS) {
                JournalTest.stage(journal, "x".repeat(1000));
                journal.commit();
            }
            assertThat(journal.noSpace()).isTrue();
            disk.limitCapacity(20_000);
            while (journal.noSpace()) {
                Thread.onSpinWait(); // the preparer tries again every second
            }
            JournalTest.stage(journal, "x".repeat(1000));
            journal.commit();
        }
    }

    private Path directory() {
        return temporary.resolve("data/journal");
    }

    private Journal open(Replayed replayed) throws IOException {
        return open(replayed, SETTINGS);
    }

    private Journal open(Replayed replayed, JournalSettings settings) throws IOException {
        return Journal.open(
                new RealDisk(), directory(), settings, new SplittableRandom(3), replayed);
    }
}
