package dev.siltstone.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An open file of [RealDisk].
///
/// An interrupt closes a `FileChannel` under everybody who uses it. An `AsynchronousFileChannel` is the
/// one channel of the JDK that does not look at interrupts; its operations are handed an executor that
/// runs them at once in the calling thread, so they are plain `pread`, `pwrite` and `fdatasync`, complete
/// when they return.
///
/// Thread-safe.
final class RealFile implements DiskFile {
    private static final ExecutorService IN_CALLER = new InCaller();

    private static final boolean IS_LINUX = System.getProperty("os.name", "").equals("Linux");

    private final Path path;
    private final AsynchronousFileChannel channel;
    private final @Nullable Object identity;

    private RealFile(Path path, AsynchronousFileChannel channel, @Nullable Object identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    static RealFile open(Path path, Set<? extends OpenOption> options) throws IOException {
        AsynchronousFileChannel channel = AsynchronousFileChannel.open(path, options, IN_CALLER);
        try {
            return new RealFile(path, channel, identityOf(path));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void write(ByteBuffer source, long filePosition) throws IOException {
        long at = filePosition;
        while (source.hasRemaining()) {
            int written = result("write", at, channel.write(source, at));
            if (written <= 0) {
                throw new IOException(path + ": nothing could be written at file position " + at);
            }
            at += written;
        }
    }

    @Override
    public int read(ByteBuffer target, long filePosition) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read =
                    result(
                            "read",
                            filePosition + total,
                            channel.read(target, filePosition + total));
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    @Override
    public @Nullable FileChannel openForSending() throws IOException {
        FileChannel sending;
        try {
            sending = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            // Linked now, so linked a moment ago: a name that was taken away does not come back.
            if (isLinkedAt(path)) {
                return sending;
            }
        } catch (IOException | RuntimeException e) {
            sending.close();
            throw e;
        }
        sending.close();
        return null;
    }

    @Override
    public void force() throws IOException {
        force(false);
    }

    @Override
    public boolean push(long filePosition, long bytes) throws IOException {
        return IS_LINUX && isLinkedAt(path) && WriteBack.push(path, filePosition, bytes);
    }

    @Override
    public void forceWithMetadata() throws IOException {
        force(true);
    }

    private void force(boolean metadata) throws IOException {
        try {
            channel.force(metadata);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(path + ": force: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isLinkedAt(Path renamed) throws IOException {
        try {
            return Objects.equals(identity, identityOf(renamed));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public boolean reserve(long bytes) throws IOException {
        return IS_LINUX && Reservation.make(path, bytes);
    }

    @Override
    public void truncate(long bytes) throws IOException {
        long size = size();
        if (bytes < size) {
            channel.truncate(bytes);
        } else if (bytes > size) {
            write(ByteBuffer.allocate(1), bytes - 1);
        }
        if (size() != bytes) {
            throw new EOFException(path + ": cannot make it " + bytes + " bytes long");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /// Device and inode, or `null` where the file system has none.
    private static @Nullable Object identityOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /// The result of an operation that is already complete; so this never waits and never sees an interrupt.
    private int result(String operation, long filePosition, Future<Integer> done)
            throws IOException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "%s: %s at file position %d: %s"
                            .formatted(path, operation, filePosition, e.getCause()),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("the operation was not complete", e);
        }
    }

    private static final class InCaller extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            throw new UnsupportedOperationException("shared by all files");
        }

        @Override
        public List<Runnable> shutdownNow() {
            throw new UnsupportedOperationException("shared by all files");
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
