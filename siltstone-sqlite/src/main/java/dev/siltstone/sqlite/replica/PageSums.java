package dev.siltstone.sqlite.replica;

import dev.siltstone.io.RealDisk;
import dev.siltstone.sqlite.ltx.ChecksumFile;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The page checksums of a database, while transactions are packed and, perhaps, the rest of it is read: what a
/// transaction sets is newer than what is read, and wins.
///
/// Until all pages are known there is no checksum of the database, and files go up without one.
///
/// Thread-safe.
final class PageSums implements Closeable {
    private @Nullable ChecksumFile file;
    private boolean trusted = true;
    private final Path path;

    PageSums(Path path) {
        this.path = path;
    }

    /// Opens the file.
    ///
    /// @param txid the transaction that the database is at
    /// @return whether the checksums are those of the database after that transaction
    synchronized boolean open(int pageSize, Txid txid) throws IOException {
        close();
        trusted = true;
        file = ChecksumFile.open(new RealDisk(), path, pageSize);
        return !file.mustBeRebuilt() && file.txid().equals(txid);
    }

    /// Says that something wrong was learned: until the file is opened again nothing is told of it, and then it is
    /// to be rebuilt.
    synchronized void distrust() {
        trusted = false;
    }

    /// Forgets all; pages are then learned by [#learn] and [#set].
    synchronized void rebuild() throws IOException {
        opened().rebuild();
    }

    /// Sets the checksum of a page that a transaction changed.
    synchronized void set(long pgno, long checksum) throws IOException {
        opened().set(pgno, checksum);
    }

    /// Sets the checksum of a page that was read, unless a transaction has changed or dropped it since.
    synchronized void learn(long pgno, long checksum) throws IOException {
        if (pgno <= opened().commit() && opened().page(pgno) == 0) {
            opened().set(pgno, checksum);
        }
    }

    /// Returns the checksum of a page; 0 if it is not known.
    synchronized long page(long pgno) {
        return opened().page(pgno);
    }

    /// Says that the database is at a transaction, and has that many pages.
    synchronized void advance(Txid txid, long pages) throws IOException {
        opened().advance(txid, pages);
    }

    /// Returns the metadata of a file that ends with a transaction; empty while pages are not known.
    synchronized Map<String, String> metadata(Txid txid) {
        ChecksumFile sums = opened();
        return trusted && sums.isComplete() && sums.txid().equals(txid)
                ? Map.of(LitestreamNames.CHECKSUM_METADATA, PageChecksum.text(sums.checksum()))
                : Map.of();
    }

    private ChecksumFile opened() {
        if (file == null) {
            throw new IllegalStateException(path + " is not open");
        }
        return file;
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            if (trusted) {
                file.close();
            } else {
                file.abandon();
            }
            file = null;
        }
    }
}
