package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.ObjectBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/// A body that counts how much of it was sent: of each region as far as it was ever read, so that what is sent
/// again counts once.
///
/// Thread-safe.
final class CountedBody implements ObjectBody {
    private final ObjectBody body;
    private final AtomicLong sent;
    private final AtomicLong furthest = new AtomicLong();

    /// @param sent is raised
    CountedBody(ObjectBody body, AtomicLong sent) {
        this.body = body;
        this.sent = sent;
    }

    @Override
    public long bytes() {
        return body.bytes();
    }

    @Override
    public InputStream open() throws IOException {
        return new Counted(body.open());
    }

    @Override
    public ObjectBody region(long start, long bytes) {
        return new CountedBody(body.region(start, bytes), sent);
    }

    private void reached(long at) {
        long before = furthest.getAndAccumulate(at, Math::max);
        if (at > before) {
            sent.addAndGet(at - before);
        }
    }

    /// A position that goes back (a part that is sent again) counts from where it was before.
    private final class Counted extends FilterInputStream {
        private long at;
        private long mark;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            if (read > 0) {
                at += read;
                reached(at);
            }
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = in.skip(bytes);
            at += skipped;
            return skipped;
        }

        @Override
        public synchronized void mark(int readLimit) {
            in.mark(readLimit);
            mark = at;
        }

        @Override
        public synchronized void reset() throws IOException {
            in.reset();
            at = mark;
        }
    }
}
