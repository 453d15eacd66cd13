package dev.siltstone.objectstore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// A store that fails as it is told: before the effect, after it, in the middle of a body; or waits.
///
/// Thread-safe.
public final class FaultyStore implements ObjectStore {
    /// What goes wrong with a call.
    public enum Fault {
        /// [StoreUnavailableException]; nothing happened.
        UNAVAILABLE,
        /// [EffectUnknownException]; nothing happened. Of a read: like [#UNAVAILABLE].
        LOST_BEFORE,
        /// [EffectUnknownException]; it happened. Of a read: like [#UNAVAILABLE].
        LOST_AFTER,
        /// Half of the body comes. Of any other call: like [#UNAVAILABLE].
        TRUNCATED
    }

    /// A call that waits until the test lets it go on.
    public static final class Stall {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        public void awaitReached() throws InterruptedException {
            reached.await();
        }

        public void release() {
            released.countDown();
        }

        private void pass() {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException;
    }

    private record StallAt(CallKind kind, Stall stall) {}

    private final ObjectStore store;
    private volatile Function<CallKind, Fault> faults = kind -> null;
    private StallAt stallAt;

    public FaultyStore(ObjectStore store) {
        this.store = store;
    }

    /// Has each call fail as the function says, or not where it gives null, from now on.
    public void fail(Function<CallKind, Fault> faults) {
        this.faults = faults;
    }

    /// Has a part of all calls fail, from now on.
    public void failAtRandom(long seed, double probability, Fault... kinds) {
        RandomGenerator random = new SplittableRandom(seed);
        fail(kind -> {
            synchronized (random) {
                return random.nextDouble() < probability
                        ? kinds[random.nextInt(kinds.length)]
                        : null;
            }
        });
    }

    /// Lets the next calls of a kind fail, one after the other; then none.
    public void failNext(CallKind kind, Fault... inOrder) {
        int[] next = {0};
        fail(called -> {
            synchronized (next) {
                return called == kind && next[0] < inOrder.length ? inOrder[next[0]++] : null;
            }
        });
    }

    /// Has every call fail until [#recover()].
    public void goAway() {
        fail(kind -> Fault.UNAVAILABLE);
    }

    public void recover() {
        fail(kind -> null);
    }

    /// Lets the next call of a kind wait before its effect.
    public synchronized Stall stall(CallKind kind) {
        Stall stall = new Stall();
        stallAt = new StallAt(kind, stall);
        return stall;
    }

    private void waitIfTold(CallKind kind) {
        StallAt told;
        synchronized (this) {
            told = stallAt != null && stallAt.kind == kind ? stallAt : null;
            stallAt = told == null ? stallAt : null;
        }
        if (told != null) {
            told.stall.pass();
        }
    }

    private <T> T read(CallKind kind, Call<T> call) throws IOException {
        waitIfTold(kind);
        if (faults.apply(kind) != null) {
            throw new StoreUnavailableException(kind + " was told to fail", null);
        }
        return call.make();
    }

    private <T> T write(CallKind kind, Call<T> call) throws IOException {
        waitIfTold(kind);
        Fault fault = faults.apply(kind);
        if (fault == Fault.UNAVAILABLE || fault == Fault.TRUNCATED) {
            throw new StoreUnavailableException(kind + " was told to fail", null);
        }
        if (fault == Fault.LOST_BEFORE) {
            throw new EffectUnknownException(kind + " was told to get lost", null);
        }
        T result = call.make();
        if (fault == Fault.LOST_AFTER) {
            throw new EffectUnknownException(
                    "the answer of " + kind + " was told to get lost", null);
        }
        return result;
    }

    private ObjectContent content(Call<ObjectContent> call) throws IOException {
        waitIfTold(CallKind.GET);
        Fault fault = faults.apply(CallKind.GET);
        if (fault != null && fault != Fault.TRUNCATED) {
            throw new StoreUnavailableException("GET was told to fail", null);
        }
        ObjectContent content = call.make();
        return fault == null
                ? content
                : new ObjectContent(
                        content.info(), content.start(), content.bytes(), new HalfStream(content));
    }

    /// Ends with an exception halfway.
    private static final class HalfStream extends FilterInputStream {
        private final ObjectContent content;
        private long left;

        HalfStream(ObjectContent content) {
            super(content.stream());
            this.content = content;
            this.left = content.bytes() / 2;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                throw new ObjectTruncatedException(
                        content.info().key(), content.bytes(), content.bytes() / 2);
            }
            int read = in.read(target, offset, (int) Math.min(left, length));
            left -= Math.max(read, 0);
            return read;
        }
    }

    @Override
    public boolean keepsMetadata() {
        return store.keepsMetadata();
    }

    @Override
    public boolean setsModified() {
        return store.setsModified();
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return content(() -> store.get(key));
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        return content(() -> store.get(key, start, bytes));
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        return read(CallKind.HEAD, () -> store.head(key));
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return write(CallKind.PUT, () -> store.put(key, body, options));
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        return write(CallKind.PUT_IF_ABSENT, () -> store.putIfAbsent(key, body, options));
    }

    @Override
    public ObjectPage list(String prefix, String after) throws IOException {
        return read(CallKind.LIST, () -> store.list(prefix, after));
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        write(
                CallKind.DELETE,
                () -> {
                    store.delete(key);
                    return key;
                });
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        write(
                CallKind.DELETE_BATCH,
                () -> {
                    store.delete(keys);
                    return keys;
                });
    }

    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        return write(CallKind.UPLOAD_START, () -> store.startUpload(key, options));
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        return write(CallKind.UPLOAD_PART, () -> store.putPart(upload, number, body));
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        return read(CallKind.UPLOAD_LIST_PARTS, () -> store.listParts(upload));
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        return write(CallKind.UPLOAD_COMPLETE, () -> store.completeUpload(upload, parts));
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        return write(
                CallKind.UPLOAD_COMPLETE_IF_ABSENT,
                () -> store.completeUploadIfAbsent(upload, parts));
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        write(
                CallKind.UPLOAD_ABORT,
                () -> {
                    store.abortUpload(upload);
                    return upload;
                });
    }

    @Override
    public long partBytesMin() {
        return store.partBytesMin();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    @Override
    public String toString() {
        return "faulty " + store;
    }
}
