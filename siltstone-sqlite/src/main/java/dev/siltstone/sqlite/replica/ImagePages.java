package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.LtxFormat;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageBatch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Puts all pages of a view into a LTX file. The caller reads and writes, in the order of the pages; compressing
/// and summing, which cost the most, are done by all cores meanwhile.
///
/// Memory: up to [#BATCHES] batches of 256 KiB, twice over.
final class ImagePages {
    /// Is told of what was written, batch by batch.
    @FunctionalInterface
    interface Listener {
        void written(PageBatch batch) throws IOException;
    }

    private static final int BATCH_BYTES = 256 << 10;
    private static final int BATCHES = 8;

    private record Packing(PageBatch batch, Future<?> done) {}

    private final PinnedView view;
    private final int pagesMax;
    private final long lockPage;
    private final ArrayDeque<Packing> ahead = new ArrayDeque<>();
    private final ArrayDeque<PageBatch> free = new ArrayDeque<>();
    private long next = 1;

    ImagePages(PinnedView view) {
        this.view = view;
        this.pagesMax = (int) Math.clamp(view.pages(), 1, BATCH_BYTES / view.pageSize());
        this.lockPage = LtxFormat.lockPage(view.pageSize());
    }

    void writeTo(LtxWriter writer, Listener listener) throws IOException {
        if (view.pages() <= pagesMax) {
            writeOne(writer, listener);
            return;
        }
        try (ExecutorService cores = Executors.newVirtualThreadPerTaskExecutor()) {
            readAhead(cores);
            while (!ahead.isEmpty()) {
                PageBatch batch = packed();
                writer.append(batch);
                listener.written(batch);
                free.add(batch);
                readAhead(cores);
            }
        }
    }

    /// What fits into one batch needs nobody's help.
    private void writeOne(LtxWriter writer, Listener listener) throws IOException {
        PageBatch batch = new PageBatch(view.pageSize(), pagesMax);
        view.readAll(1, batch.room(1, (int) view.pages()));
        batch.pack();
        writer.append(batch);
        listener.written(batch);
    }

    private void readAhead(ExecutorService cores) throws IOException {
        while (ahead.size() < BATCHES && moveBehindLockPage()) {
            long end = Math.min(view.pages() + 1, next + pagesMax);
            if (next < lockPage && lockPage < end) {
                end = lockPage;
            }
            PageBatch batch = free.poll();
            if (batch == null) {
                batch = new PageBatch(view.pageSize(), pagesMax);
            }
            view.readAll(next, batch.room(next, (int) (end - next)));
            ahead.add(new Packing(batch, cores.submit(batch::pack)));
            next = end;
        }
    }

    /// @return whether there is another page
    private boolean moveBehindLockPage() {
        if (next == lockPage) {
            next++;
        }
        return next <= view.pages();
    }

    private PageBatch packed() throws IOException {
        Packing first = ahead.remove();
        try {
            first.done().get();
            return first.batch();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while pages were compressed");
        }
    }
}
