package dev.siltstone.stream;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import dev.siltstone.stream.CatalogSumsFormat.Sums;
import dev.siltstone.stream.CatalogSumsFormat.WalPart;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the log adds up to up to the recovery point, in a SQLite database: [CatalogSchema].
///
/// ```
///   open --> OPEN ---- a commit or a checkpoint failed, but not for lack of room ----> FAILED
///              |                                                                         |
///              '----------------------------- close ------------> CLOSED <--------------'
/// ```
///
/// In FAILED nothing is committed any more, and every call that would says why; readers go on.
///
/// Thread-safe; one transaction at a time. Transactions belong on a platform thread: SQLite waits for the disk in
/// native code.
final class Catalog implements Closeable {
    private static final int DAMAGES_MAX = 100;

    private final CatalogFiles files;
    private final CatalogSettings settings;
    private final CatalogConnection connection;
    private final CatalogWriter writer;
    private final CatalogCheckpoint checkpoint;

    /// Open until the end, so that closing the writer never makes SQLite checkpoint by itself.
    private final CatalogReader keeper;

    private final AtomicLong nextSegment;
    private volatile CatalogPoint point;
    private @Nullable IOException failure;

    /// The WAL has frames of a transaction that was given up, and must be emptied before the next: see
    /// [CatalogCheck].
    private boolean tornWal;

    private boolean closed;

    private Catalog(
            CatalogFiles files,
            CatalogSettings settings,
            CatalogCheck.Result checked,
            CatalogConnection connection,
            CatalogReader keeper)
            throws IOException {
        this.files = files;
        this.settings = settings;
        this.connection = connection;
        this.keeper = keeper;
        this.writer = new CatalogWriter(connection);
        this.checkpoint = new CatalogCheckpoint(files, connection, checked.sums());
        this.tornWal = checked.tornWal();
        this.point = keeper.point();
        this.nextSegment = new AtomicLong(keeper.nextSegment());
    }

    /// Opens the catalog of a data directory on the disk of this machine, creating it if needed. The caller holds the
    /// directory's lock.
    ///
    /// @throws CatalogDamagedException if a page or the WAL is not what was written; nothing was changed
    /// @throws IOException if it cannot be read or written, or is another version's
    static Catalog open(Path directory, CatalogSettings settings) throws IOException {
        return open(new RealDisk(), directory, settings);
    }

    /// The same for a disk that shows what is done to it. SQLite itself goes past it.
    static Catalog open(Disk disk, Path directory, CatalogSettings settings) throws IOException {
        var files = new CatalogFiles(disk, directory, settings.forced());
        disk.createDirectories(directory);
        createIfNew(files);
        CatalogCheck.Result checked = check(files);
        CatalogConnection connection =
                CatalogConnection.openForWriting(
                        files.database(), settings.forced(), settings.writerCacheBytes());
        CatalogReader keeper = null;
        try {
            keeper = CatalogReader.open(files.database(), settings.readerCacheBytes());
            return new Catalog(files, settings, checked, connection, keeper);
        } catch (IOException | RuntimeException e) {
            connection.close();
            if (keeper != null) {
                keeper.close();
            }
            throw e;
        }
    }

    /// The sums become durable before the database gets its name: sums without a database are of a new one, as long as
    /// they say that no WAL was ever copied.
    private static void createIfNew(CatalogFiles files) throws IOException {
        if (files.disk().exists(files.database())
                || (files.disk().exists(files.sums())
                        && !files.readSums().wal().equals(WalPart.NONE))) {
            return;
        }
        Path unfinished = files.unfinishedDatabase();
        files.deleteIfThere(unfinished);
        files.deleteIfThere(unfinished.resolveSibling(unfinished.getFileName() + "-journal"));
        files.deleteIfThere(unfinished.resolveSibling(unfinished.getFileName() + "-wal"));
        try (CatalogConnection connection =
                CatalogConnection.create(
                        unfinished, CatalogSettings.defaults().readerCacheBytes())) {
            connection.execute("PRAGMA page_size = " + CatalogSchema.PAGE_BYTES);
            connection.execute("PRAGMA synchronous = OFF");
            connection.execute("BEGIN");
            for (String statement : CatalogSchema.CREATE) {
                connection.execute(statement);
            }
            connection.execute("COMMIT");
            connection.execute("PRAGMA journal_mode = WAL");
        }
        files.writeSums(forcedSums(files, unfinished));
        files.disk().rename(unfinished, files.database());
        files.forceDirectory();
    }

    private static Sums forcedSums(CatalogFiles files, Path database) throws IOException {
        try (DiskFile file = files.disk().open(database)) {
            if (files.forced()) {
                file.force();
            }
            int[] pages = new int[(int) (file.size() / CatalogSchema.PAGE_BYTES)];
            ByteBuffer page = ByteBuffer.allocate(CatalogSchema.PAGE_BYTES);
            for (int i = 0; i < pages.length; i++) {
                file.read(page.clear(), (long) i * CatalogSchema.PAGE_BYTES);
                pages[i] = CatalogSumsFormat.sum(page.flip());
            }
            return new Sums(CatalogSchema.PAGE_BYTES, pages, WalPart.NONE);
        }
    }

    private static CatalogCheck.Result check(CatalogFiles files) throws IOException {
        List<CatalogDamagedException> damages = new ArrayList<>();
        var check =
                new CatalogCheck(
                        files,
                        damage -> {
                            if (damages.size() < DAMAGES_MAX) {
                                damages.add(damage);
                            }
                        });
        CatalogCheck.Result result = check.run();
        if (damages.isEmpty()) {
            return result;
        }
        CatalogDamagedException first = damages.removeFirst();
        damages.forEach(first::addSuppressed);
        throw first;
    }

    /// Returns how far the log is in here.
    CatalogPoint point() {
        return point;
    }

    /// Returns an id for a new segment. Ids are not used again once a pass or a compaction with them, or with later
    /// ones, was committed.
    long nextSegmentId() {
        return nextSegment.getAndIncrement();
    }

    /// Returns a reader with a connection of its own.
    CatalogReader reader() throws IOException {
        return CatalogReader.open(files.database(), settings.readerCacheBytes());
    }

    /// Brings in a settling pass, in one forced transaction. The runs of removed streams become dead bytes of
    /// their segments.
    ///
    /// @throws IllegalArgumentException if the pass does not fit what is there; nothing changed
    /// @throws IOException if it could not be committed: nothing changed, unless the commit itself failed, and then
    ///     opening again finds out; the message says whether trying again helps
    synchronized void settle(Settled pass) throws IOException {
        commit(() -> writer.settle(point, pass, nextSegment.get()));
        point = pass.to();
        checkpointIfDue();
    }

    /// Brings in a compaction, in one forced transaction.
    ///
    /// @throws IllegalArgumentException if it does not fit what is there; nothing changed
    /// @throws IOException as [#settle] does
    synchronized void replace(Replaced compaction) throws IOException {
        commit(() -> writer.replace(point, compaction, nextSegment.get()));
        checkpointIfDue();
    }

    private interface Change {
        void make() throws IOException, SQLException;
    }

    private void commit(Change change) throws IOException {
        refuseIfStopped();
        if ((tornWal && !checkpoint.runAndTruncate())
                || (checkpoint.isOwing() && !checkpoint.run())) {
            throw new IOException(
                    files.database()
                            + " is being read and cannot be written yet; trying again helps");
        }
        tornWal = false;
        connection.execute("BEGIN IMMEDIATE");
        boolean committed = false;
        try {
            change.make();
            connection.execute("COMMIT");
            committed = true;
        } catch (SQLException e) {
            throw failed(connection.failure(e));
        } catch (IOException e) {
            throw failed(e);
        } finally {
            if (!committed) {
                giveUp();
            }
        }
    }

    private void giveUp() throws IOException {
        tornWal = true;
        writer.clear();
        if (failure == null) {
            connection.execute("ROLLBACK");
        }
    }

    /// A failure that is not for lack of room is final: nobody knows what reached the disk.
    private IOException failed(IOException cause) {
        if (CatalogConnection.mayPass(cause)) {
            return new IOException(
                    cause.getMessage() + "; nothing was changed, trying again may help", cause);
        }
        failure = cause;
        return cause;
    }

    /// What was committed stays committed: a failure is told by the next call that would commit.
    private void checkpointIfDue() {
        try {
            if (checkpoint.walBytes() >= settings.walBytesMax()) {
                boolean _ = checkpoint.run();
            }
        } catch (IOException e) {
            if (!checkpoint.isOwing() && !CatalogConnection.mayPass(e)) {
                failure = e;
            }
        }
    }

    private void refuseIfStopped() throws IOException {
        if (closed) {
            throw new IOException(files.database() + " is closed");
        }
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(
                    "%s takes nothing more until it is opened again: %s"
                            .formatted(files.database(), cause.getMessage()),
                    cause);
        }
    }

    /// Moves everything from the WAL to the database, as far as no reader needs the old pages.
    synchronized void checkpoint() throws IOException {
        refuseIfStopped();
        boolean _ = checkpoint.run();
    }

    /// Ends without the checkpoint that a clean close makes, as a crash would: what was committed is there after the
    /// next open. For tests.
    synchronized void abandon() throws IOException {
        if (!closed) {
            closed = true;
            connection.close();
            keeper.close();
        }
    }

    /// Moves everything to the database and closes. Readers that are still open hinder nothing but that.
    @Override
    public synchronized void close() throws IOException {
        try {
            if (!closed && failure == null) {
                boolean _ = checkpoint.runAndTruncate();
            }
        } finally {
            abandon();
        }
    }
}
