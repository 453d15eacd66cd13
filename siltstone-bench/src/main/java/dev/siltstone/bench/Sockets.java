package dev.siltstone.bench;

import dev.siltstone.io.NanoClock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The one thread's view of all connections.
final class Sockets implements Closeable {
    /// What is done while the sockets are served.
    interface Work {
        /// Returns when [#due] is to be called next; `Long.MAX_VALUE` for: not before an answer came.
        long nextDue();

        /// Does what is due.
        void due(long now) throws IOException;

        /// Says whether all is done.
        boolean isOver(long now);
    }

    private static final int IN_BYTES = 256 << 10;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WAIT_MAX = 100 * MILLI;

    /// Waits shorter than what a selector can wait are cut into such pieces: enough to be on time, without
    /// taking a processor from the server.
    private static final long NAP_NANOS = 50_000;

    private final Target target;
    private final NanoClock clock;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);

    Sockets(Target target, NanoClock clock) throws IOException {
        this.target = target;
        this.clock = clock;
        this.selector = Selector.open();
    }

    Target target() {
        return target;
    }

    long now() {
        return clock.nanoTime();
    }

    /// Begins to connect.
    ///
    /// @throws IOException if no further connection can be had
    Connection open(Connection.Caller caller) throws IOException {
        return Connection.open(target, selector, caller);
    }

    /// Serves the sockets until `work` is over.
    ///
    /// @throws LoadFailedException if it cannot go on
    void run(Work work) throws IOException {
        for (long now = now(); !work.isOver(now); now = now()) {
            work.due(now);
            await(Math.min(work.nextDue() - now(), WAIT_MAX));
            var ready = selector.selectedKeys();
            for (SelectionKey key : ready) {
                if (key.isValid() && key.attachment() instanceof Connection connection) {
                    connection.ready(in);
                }
            }
            ready.clear();
        }
    }

    private void await(long nanos) throws IOException {
        if (nanos >= MILLI) {
            selector.select(nanos / MILLI);
        } else if (selector.selectNow() == 0 && nanos > 0) {
            LockSupport.parkNanos(Math.min(nanos, NAP_NANOS));
            selector.selectNow();
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
