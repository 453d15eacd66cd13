package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.DiskLockedException;
import dev.siltstone.io.ManualClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.JournalFact;
import dev.siltstone.journal.JournalInspection;
import dev.siltstone.journal.JournalReplay;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import dev.siltstone.stream.Verification.Problem;
import dev.siltstone.stream.Verification.Verified;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Damages a data directory in which there is some of everything, and looks whether that is named. Another seed:
/// `-Dsiltstone.test.seed=N`.
class VerificationTest {
    private static final long SEED = Long.getLong("siltstone.test.seed", 1);
    private static final StreamLogSettings SETTINGS =
            StreamLogSettings.defaults()
                    .withLeader(LeaderMode.CALLER)
                    .withJournal(
                            JournalSettings.ofFileBytes(1 << 18)
                                    .withFreeBytesReserve(0)
                                    .withoutBackground())
                    .withNotices(notice -> {});
    private static final CatalogSettings CATALOG = CatalogSettings.defaults().unforced();

    @TempDir static Path made;
    @TempDir Path directory;

    private final Disk disk = new RealDisk();
    private final List<Problem> problems = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @BeforeAll
    static void make() throws Exception {
        var random = new Random(SEED);
        var clock = new ManualClock();
        try (StreamLog log = StreamLog.open(new RealDisk(), made, SETTINGS, clock, clock, random)) {
            for (int i = 0; i < 30; i++) {
                log.execute(create("/s" + i, Lifetime.FOREVER));
                log.execute(create("/idle" + i, new Lifetime.IdleFor(60 + i)));
            }
            for (int i = 0; i < 200; i++) {
                log.execute(append("/s" + random.nextInt(30), "x".repeat(300)));
                clock.advance(Duration.ofMillis(3));
            }
            log.execute(fork("/fork", "/s3"));
            log.execute(append("/fork", "own"));
            log.execute(new Command.Delete("/s3"));
            log.execute(new Command.Delete("/s4"));
            for (int i = 0; i < 6; i++) {
                log.execute(append("/s1", "y".repeat(70_000)));
            }
            log.execute(append("/s2", "the last"));
        }
        settle();
    }

    private static Command create(String path, Lifetime lifetime) {
        return new Command.Create(path, "text/plain", lifetime, false, null, text("begin "));
    }

    private static Command fork(String path, String source) {
        return new Command.Create(
                path, null, Lifetime.FOREVER, false, new ForkPoint(source, null, 0), Payload.EMPTY);
    }

    private static Command append(String path, String data) {
        return new Command.Append(path, "text/plain", text(data), false, null, null);
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static final class NoReplay implements JournalReplay {
        @Override
        public void file(long start) {}

        @Override
        public void entry(long position, ByteBuffer payload) {}
    }

    /// Settles file by file, the last one not.
    private static void settle() throws Exception {
        try (Journal journal = openJournal()) {
            List<Long> starts = journal.fileStarts();
            assertThat(starts).hasSizeGreaterThan(2);
            try (Catalog catalog = Catalog.open(made, CATALOG)) {
                settle(
                        journal,
                        catalog,
                        made.resolve("segments"),
                        starts.subList(1, starts.size()));
            }
        }
    }

    private static void settle(Journal journal, Catalog catalog, Path segments, List<Long> ends)
            throws Exception {
        SegmentFiles files = SegmentFiles.open(new RealDisk(), segments, Pace.full());
        for (Long end : ends) {
            var _ = new SettlePass(journal, catalog, files, 1 << 16).settleTo(end);
        }
    }

    private static Journal openJournal() throws IOException {
        return Journal.open(
                new RealDisk(),
                made.resolve("journal"),
                SETTINGS.journal(),
                new Random(SEED),
                new NoReplay());
    }

    /// The catalog is the log applied up to the recovery point, in however many passes.
    @Test
    void manySmallPassesMakeTheSameCatalogAsFewLargeOnes() throws Exception {
        List<Long> ends = new ArrayList<>();
        JournalInspection.inspectDirectory(
                disk,
                made.resolve("journal"),
                fact -> {
                    if (fact instanceof JournalFact.Batch batch && batch.position() > 0) {
                        ends.add(batch.position());
                    }
                });
        Path other = Files.createDirectories(directory.resolve("other"));
        try (Journal journal = openJournal();
                Catalog few = Catalog.open(directory, CATALOG);
                Catalog many = Catalog.open(other, CATALOG)) {
            long to = few.point().recoveryPoint();
            settle(
                    journal,
                    many,
                    other.resolve("segments"),
                    ends.stream()
                            .filter(end ->
                                    end == to
                                            || journal.fileStarts().contains(end)
                                            || end < to && random.nextInt(5) == 0)
                            .filter(end -> end <= to)
                            .toList());
            try (CatalogReader one = few.reader();
                    CatalogReader another = many.reader()) {
                CatalogComparison.assertSame(one, another);
                assertThat(another.segments()).hasSizeGreaterThan(2 * one.segments().size());
            }
        }
    }

    @BeforeEach
    void copy() throws IOException {
        try (var entries = Files.walk(made)) {
            for (Path entry : entries.sorted().toList()) {
                Path to = directory.resolve(made.relativize(entry).toString());
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(entry, to);
                }
            }
        }
    }

    private Verified verify() throws IOException {
        problems.clear();
        return Verification.verify(disk, directory, problems::add);
    }

    @Test
    void nothingIsWrongWithWhatThisProgramMade() throws IOException {
        Verified verified = verify();
        assertThat(problems).isEmpty();
        assertThat(verified.problems()).isZero();
        assertThat(verified.streams()).isGreaterThan(50);
        assertThat(verified.segments()).isGreaterThan(1);
        assertThat(verified.settledBytes()).isGreaterThan(200_000);
        assertThat(verified.unsettledEntries()).isPositive();
        assertThat(verified.end()).isGreaterThan(verified.recoveryPoint());
    }

    @Test
    void nothingIsWrongWithADirectoryInWhichNothingWasSettled() throws Exception {
        Path fresh = directory.resolve("fresh");
        var clock = new ManualClock();
        try (StreamLog log =
                StreamLog.open(disk, fresh, SETTINGS, clock, clock, new Random(SEED))) {
            log.execute(create("/a", Lifetime.FOREVER));
        }
        Verified verified = Verification.verify(disk, fresh, problems::add);
        assertThat(problems).isEmpty();
        assertThat(verified.unsettledEntries()).isGreaterThan(1);
    }

    @Test
    void aFlippedBitOfAnyFileIsNamed() throws IOException {
        List<Path> files;
        try (var entries = Files.walk(directory)) {
            files =
                    entries.filter(Files::isRegularFile)
                            .filter(file -> !file.endsWith("lock"))
                            .filter(file -> !file.toString().endsWith("-shm"))
                            .sorted()
                            .toList();
        }
        assertThat(files).anyMatch(file -> file.toString().contains("promoted"));
        assertThat(files).anyMatch(file -> file.toString().endsWith(".segment"));
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            int written = writtenBytes(file, bytes);
            for (int i = 0; i < 12 && written > 0; i++) {
                int at = random.nextInt(written);
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, flipped);
                verify();
                assertThat(problems)
                        .as("seed %d, byte %d of %s", SEED, at, file)
                        .isNotEmpty()
                        .anyMatch(problem -> problem.file().equals(file));
            }
            Files.write(file, bytes);
        }
        verify();
        assertThat(problems).isEmpty();
    }

    /// What lies behind the end of a journal file was never written, and is not looked at in a file that is full.
    private static int writtenBytes(Path file, byte[] bytes) {
        int end = bytes.length;
        if (file.toString().endsWith(".journal")) {
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
        }
        return end;
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        List<Path> files;
        try (var entries = Files.walk(directory.resolve("segments"))) {
            files = entries.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            Path kept = directory.resolve("kept");
            Files.move(file, kept);
            verify();
            assertThat(problems)
                    .anyMatch(problem ->
                            problem.file().equals(file)
                                    && problem.wrong().startsWith("is missing"));
            Files.move(kept, file);
        }
    }

    @Test
    void aJournalThatBeginsBehindTheRecoveryPointIsNamed() throws IOException {
        try (var entries = Files.list(directory.resolve("journal"))) {
            for (Path file : entries.toList()) {
                Files.delete(file);
            }
        }
        verify();
        assertThat(problems)
                .singleElement()
                .extracting(Problem::wrong)
                .asString()
                .contains("empty");
    }

    @Test
    void aLostCatalogIsNamedOnceTheJournalDoesNotReachBack() throws IOException {
        for (String name : List.of("catalog.db", "catalog.sums", "catalog.db-wal")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        List<Path> journal;
        try (var entries = Files.list(directory.resolve("journal"))) {
            journal = entries.sorted().toList();
        }
        Files.delete(journal.getFirst());
        verify();
        assertThat(problems)
                .extracting(Problem::wrong)
                .anyMatch(wrong -> wrong.contains("there is no catalog"));
    }

    /// Each row is right by its checksums, and does not fit the others.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    DELETE FROM run WHERE rowid_of | has a run at
                    UPDATE run SET length = length + 1 WHERE base = 0 AND stream = (SELECT min(stream) FROM run) | catalog says
                    UPDATE run SET segment = 99 WHERE base = 0 | segment 99, which is not there
                    UPDATE segment SET dead_bytes = dead_bytes + 1 WHERE id = 1 | of them dead, and runs have
                    UPDATE segment SET end = end + 32 WHERE id = 1 | overlaps
                    UPDATE segment SET file_bytes = 7 WHERE kind = 1 | the catalog says
                    UPDATE stream SET deadline = 5 WHERE deadline IS NULL | has deadline 5
                    UPDATE stream SET path = '/other' WHERE path = '/s7' | crc32c
                    DELETE FROM stream WHERE path = '/s7' | has runs, and is not there
                    DELETE FROM stream WHERE path = '/s3' | is a fork of stream
                    DELETE FROM stream WHERE path = '/fork' | no stream says it is one
                    UPDATE log SET recovery_point = recovery_point + 1000000000 | before the recovery point
                    UPDATE log SET recovery_point = 32 | behind the recovery point
                    UPDATE log SET log_id = 5 | the catalog is of log 0000000000000005
                    UPDATE log SET next_segment = 1 | the next is 1
                    UPDATE log SET time = 1 | after the newest entry at 1
                    """)
    void aRowThatDoesNotFitIsNamed(String change, String wrong) throws IOException {
        String sql =
                change.endsWith("rowid_of")
                        ? "DELETE FROM run WHERE base = 0 AND stream = (SELECT stream FROM run"
                                + " GROUP BY stream HAVING count(*) > 1 LIMIT 1)"
                        : change;
        try (Catalog _ = Catalog.open(directory, CATALOG);
                CatalogConnection connection =
                        CatalogConnection.openForWriting(
                                directory.resolve("catalog.db"), false, 1 << 20)) {
            connection.execute(sql);
        }
        Verified verified = verify();
        assertThat(problems).extracting(Problem::wrong).anyMatch(told -> told.contains(wrong));
        assertThat(verified.problems()).isEqualTo(problems.size());
    }

    @Test
    void aDirectoryInUseIsLeftAlone() throws IOException {
        try (DiskLock _ = disk.lock(directory.resolve("lock"))) {
            assertThatThrownBy(this::verify).isInstanceOf(DiskLockedException.class);
        }
    }

    @Test
    void whatIsNoDataDirectoryIsSaidToBeNone() {
        assertThatThrownBy(() -> Verification.verify(disk, directory.resolve("no"), problems::add))
                .isInstanceOf(NoSuchFileException.class);
    }
}
