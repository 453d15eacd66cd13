package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalHeader;
import dev.siltstone.sqlite.wal.WalPosition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The capture files of a database, in a directory of their own: `<number %016x>.capture`, ascending. The last
/// one is appended to. A file is about one generation of the WAL and becomes part of one transaction.
///
/// Belongs to the thread that holds the WAL, but for what is said of [#cut].
final class Captures implements Closeable {
    private static final String SUFFIX = ".capture";

    private final Disk disk;
    private final Path directory;
    private List<Capture> open = new ArrayList<>();
    private long next;

    private Captures(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// Opens what an earlier process left; those up to `packed` are in LTX files by now, and go.
    static Captures open(Disk disk, Path directory, Txid packed) throws IOException {
        disk.createDirectories(directory);
        Captures captures = new Captures(disk, directory);
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (name.endsWith(SUFFIX)) {
                captures.recover(path, packed);
            }
        }
        return captures;
    }

    /// Removes all captures, durably: they are about another database.
    static void forget(Disk disk, Path directory) throws IOException {
        if (!disk.exists(directory)) {
            return;
        }
        for (Path path : disk.list(directory)) {
            if (path.getFileName().toString().endsWith(SUFFIX)) {
                disk.delete(path);
            }
        }
        disk.forceDirectory(directory);
    }

    private void recover(Path path, Txid packed) throws IOException {
        String name = path.getFileName().toString();
        long number =
                Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()), 16);
        next = Math.max(next, number + 1);
        Capture capture = Capture.recover(disk, path);
        if (capture == null) {
            disk.delete(path);
        } else if (!capture.txid().isAfter(packed)) {
            capture.delete();
        } else {
            open.add(capture);
        }
    }

    /// Returns the place in the WAL up to which everything is here or in LTX files; null if nobody knows.
    @Nullable WalPosition end() {
        return open.isEmpty() ? null : open.getLast().end();
    }

    Capture last() {
        return open.getLast();
    }

    boolean isEmpty() {
        return open.stream().allMatch(Capture::isEmpty);
    }

    long bytes() {
        return open.stream().mapToLong(Capture::bytes).sum();
    }

    /// Returns what was captured for transactions that are over; the frames for the next one stay.
    List<List<Capture>> takeFinished() {
        List<List<Capture>> finished = new ArrayList<>();
        if (!open.isEmpty()) {
            Txid current = open.getLast().txid();
            List<Capture> rest = new ArrayList<>();
            Txid last = Txid.ZERO;
            for (Capture capture : open) {
                if (capture.txid().equals(current)) {
                    rest.add(capture);
                } else {
                    if (!capture.txid().equals(last)) {
                        finished.add(new ArrayList<>());
                        last = capture.txid();
                    }
                    finished.getLast().add(capture);
                }
            }
            open = rest;
        }
        return finished;
    }

    /// Forgets everything: it does not go on where anything ends.
    void forgetAll() throws IOException {
        List<Capture> before = open;
        open = new ArrayList<>();
        for (Capture capture : before) {
            capture.delete();
        }
    }

    /// Forgets everything, because nobody knows how it goes on, and begins anew.
    void restart(Txid txid, WalPosition start, long pagesBefore) throws IOException {
        List<Capture> before = open;
        open = new ArrayList<>();
        begin(new CaptureHeader(txid, start, pagesBefore));
        last().force();
        for (Capture capture : before) {
            capture.delete();
        }
    }

    /// Goes on with another generation of the WAL.
    void beginGeneration(WalHeader header) throws IOException {
        Capture before = last();
        before.force();
        begin(new CaptureHeader(before.txid(), header.start(), before.pagesAfter()));
    }

    /// Ends a transaction: what was captured belongs to it, what comes belongs to the next. The next one's file
    /// is durable when this returns.
    ///
    /// @return what was captured, to be packed by any thread, and deleted when it is
    List<Capture> cut() throws IOException {
        List<Capture> sealed = open;
        Capture before = last();
        before.force();
        open = new ArrayList<>();
        begin(new CaptureHeader(before.txid().next(), before.end(), before.pagesAfter()));
        last().force();
        return sealed;
    }

    private void begin(CaptureHeader header) throws IOException {
        Path path = directory.resolve("%016x".formatted(next) + SUFFIX);
        next++;
        open.add(Capture.create(disk, path, header));
    }

    @Override
    public void close() throws IOException {
        for (Capture capture : open) {
            capture.close();
        }
    }
}
