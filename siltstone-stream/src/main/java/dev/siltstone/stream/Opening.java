package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskLock;
import dev.siltstone.io.NanoClock;
import dev.siltstone.journal.GroupCommit;
import dev.siltstone.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/// How a log comes to life: lock, replay, publish, say that it was opened.
///
/// @param catalogDirectory where the catalog lies, on the disk of this machine
/// @param pace at which segments are written, and the clock of settling
/// @param afterRead runs between a look into the catalog and its use; for tests
record Opening(
        Disk disk,
        Path directory,
        Path catalogDirectory,
        StreamLogSettings settings,
        CatalogSettings catalogSettings,
        InstantSource clock,
        NanoClock nanos,
        RandomGenerator random,
        StreamLog.Threads threads,
        Pace pace,
        Runnable afterRead) {

    /// What a log is made of when it has come to life.
    record Opened(
            DiskLock lock,
            Journal journal,
            LazyCatalog catalog,
            Streams streams,
            Residents residents,
            StreamLookUp lookUp,
            LogLeader leader,
            GroupCommit<Request> commits,
            Touches touches,
            Settling settling,
            long writerEpoch) {}

    /// The files of what was settled.
    record Settling(SegmentFiles files, Segments segments) {}

    /// Sends touches on, once there is somebody to send them to.
    static final class Touches implements LastUse.Listener {
        private volatile LastUse.Listener listener = _ -> {};

        void to(LastUse.Listener newListener) {
            listener = newListener;
        }

        @Override
        public void touched(long streamId) {
            listener.touched(streamId);
        }
    }

    StreamLog open() throws IOException {
        disk.createDirectories(directory);
        DiskLock lock = disk.lock(directory.resolve("lock"));
        try {
            return open(lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private StreamLog open(DiskLock lock) throws IOException {
        var catalog = new LazyCatalog(catalogDirectory, catalogSettings);
        try {
            return new StreamLog(this, open(lock, catalog, catalog.point()));
        } catch (IOException | RuntimeException e) {
            catalog.close();
            throw e;
        }
    }

    private Opened open(DiskLock lock, LazyCatalog catalog, CatalogPoint point) throws IOException {
        Path journalDirectory = directory.resolve("journal");
        disk.createDirectories(journalDirectory);
        SegmentFiles files = SegmentFiles.open(disk, directory.resolve("segments"), pace);
        var segments = new Segments(files, settings.settling().openSegmentsMax());
        var reads = new Reads(new SettledRuns(catalog, segments));
        var touches = new Touches();
        var streams = new Streams(reads, clock, touches, point.recoveryPoint() == 0);
        var state = new LogState(point.time(), point.writerEpoch());
        var residents =
                new Residents(
                        state,
                        streams,
                        point.recoveryPoint(),
                        settings.residency(),
                        settings.settling().unsettledBytesMax());
        var lookUp = new StreamLookUp(streams, catalog, afterRead);
        Journal journal =
                Journal.open(
                        disk,
                        journalDirectory,
                        settings.journal(),
                        random,
                        new Recovery(state, streams, residents, lookUp, point.recoveryPoint()));
        try {
            refuseOther(journal, point);
            checkSegments(files, catalog, point, journal.durableEnd());
            deleteRunIndexes(journalDirectory);
            reads.from(journal);
            sayOpened(journal, state);
            streams.publishAll();
            var leader =
                    new LogLeader(
                            journal,
                            state,
                            new CommandRules(state, settings.producersPerStreamMax()),
                            streams,
                            residents,
                            clock,
                            settings.journal().entryBytesMax());
            var commits =
                    new GroupCommit<Request>(
                            leader,
                            settings.queueCapacity(),
                            settings.leader(),
                            Thread.ofPlatform().daemon().name("siltstone-log").factory(),
                            nanos);
            return new Opened(
                    lock,
                    journal,
                    catalog,
                    streams,
                    residents,
                    lookUp,
                    leader,
                    commits,
                    touches,
                    new Settling(files, segments),
                    state.writerEpoch());
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private void refuseOther(Journal journal, CatalogPoint point) throws IOException {
        if (point.logId() != 0 && point.logId() != journal.logId()) {
            throw new IOException(
                    "%s: the catalog is of log %016x, the journal of log %016x; one of them was put here by mistake"
                            .formatted(directory, point.logId(), journal.logId()));
        }
    }

    /// Deletes what a crash left among the segments. Nothing goes unless catalog and journal belong
    /// together and are there.
    private void checkSegments(
            SegmentFiles files, LazyCatalog catalog, CatalogPoint point, long durableEnd)
            throws IOException {
        boolean nothingSettled = point.recoveryPoint() == 0;
        if (nothingSettled && durableEnd == 0 && !files.isEmpty()) {
            throw new IOException(
                    files
                            + " holds segments, but "
                            + directory
                            + " has neither the catalog that names them nor a journal; nothing was"
                            + " changed. Put both back, or the segments away");
        }
        List<SegmentRow> named = nothingSettled ? List.of() : catalog.read(CatalogReader::segments);
        Path missing = files.missing(named);
        if (missing != null) {
            settings.notices()
                    .accept(
                            missing
                                    + " is missing, though the catalog names it: reads of what it"
                                    + " held fail; put it back");
        }
        files.sweep(named);
    }

    /// Earlier versions kept run indexes beside the journal's files.
    private void deleteRunIndexes(Path journalDirectory) throws IOException {
        boolean deleted = false;
        for (Path path : disk.list(journalDirectory)) {
            if (path.toString().endsWith(".runs")) {
                disk.delete(path);
                deleted = true;
            }
        }
        if (deleted) {
            disk.forceDirectory(journalDirectory);
        }
    }

    /// A log that cannot take one more entry for want of room still opens, for reading.
    private void sayOpened(Journal journal, LogState state) throws IOException {
        var opened =
                new Entry.Opened(Math.max(clock.millis(), state.time()), state.writerEpoch() + 1);
        int bytesMax = EntryFormat.bytesMax(opened);
        switch (journal.room(bytesMax)) {
            case FITS -> {
                EntryFormat.encode(opened, journal.beginEntry(bytesMax));
                state.apply(journal.endEntry(), opened);
                journal.commit();
            }
            case NO_SPACE, AFTER_COMMIT ->
                    settings.notices()
                            .accept("the disk has no room for another journal file: reads only");
        }
    }
}
