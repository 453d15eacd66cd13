package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The catalog of a data directory, opened when it is first needed: a log of which nothing was settled needs
/// none.
///
/// Thread-safe. So many threads read at once; others wait their turn.
final class LazyCatalog implements Closeable {
    private static final int READERS_MAX = 4;
    private static final String FILE = "catalog.db";

    private final Path directory;
    private final CatalogSettings settings;
    private final Semaphore turns = new Semaphore(READERS_MAX);
    private final Queue<CatalogReader> readers = new ConcurrentLinkedQueue<>();
    private @Nullable Catalog catalog;
    private boolean closed;

    LazyCatalog(Path directory, CatalogSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /// What is asked of the catalog.
    @FunctionalInterface
    interface Question<T extends @Nullable Object> {
        T ask(CatalogReader reader) throws IOException;
    }

    /// Returns how far the log is in the catalog, without making one.
    ///
    /// @throws CatalogDamagedException if it is not what was written; nothing was changed
    CatalogPoint point() throws IOException {
        return Files.exists(directory.resolve(FILE)) ? open().point() : CatalogPoint.NEW;
    }

    /// Returns the catalog itself, made now if there is none.
    synchronized Catalog open() throws IOException {
        if (closed) {
            throw new IOException("the catalog in " + directory + " is closed");
        }
        Catalog opened = catalog;
        if (opened == null) {
            opened = Catalog.open(directory, settings);
            catalog = opened;
        }
        return opened;
    }

    /// Asks the catalog; waits while enough others do. Not for event loops.
    ///
    /// @throws IOException if it cannot be read; trying again is safe
    <T extends @Nullable Object> T read(Question<T> question) throws IOException {
        turns.acquireUninterruptibly();
        try {
            CatalogReader free = readers.poll();
            CatalogReader reader = free == null ? open().reader() : free;
            try {
                return question.ask(reader);
            } finally {
                readers.add(reader);
            }
        } finally {
            turns.release();
        }
    }

    /// Closes the catalog once nobody reads it any more.
    @Override
    public void close() throws IOException {
        turns.acquireUninterruptibly(READERS_MAX);
        try {
            for (CatalogReader next = readers.poll(); next != null; next = readers.poll()) {
                next.close();
            }
            synchronized (this) {
                closed = true;
                Catalog opened = catalog;
                if (opened != null) {
                    opened.close();
                }
            }
        } finally {
            turns.release(READERS_MAX);
        }
    }
}
