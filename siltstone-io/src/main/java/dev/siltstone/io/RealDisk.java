package dev.siltstone.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// The file system of this machine.
///
/// Thread-safe.
public final class RealDisk implements Disk {
    /// Real paths of the lock files this process holds. POSIX drops a lock when the process closes *any*
    /// descriptor of the file, so a second attempt must fail before it opens one.
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    @Override
    public DiskFile create(Path path) throws IOException {
        return RealFile.open(path, Set.of(READ, WRITE, CREATE_NEW));
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        return RealFile.open(path, Set.of(READ, WRITE));
    }

    @Override
    public DiskFile openPastCache(Path path) throws IOException {
        return PastCacheFile.open(path, RealFile.open(path, Set.of(READ, WRITE)));
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        return RealFile.open(path, Set.of(READ));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null) {
            throw new NotDirectoryException(directory.toString());
        }
        createDirectories(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        forceDirectory(parent);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        Files.createLink(link, existing);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (RealFile file = RealFile.open(directory, Set.of(READ))) {
            file.forceWithMetadata();
        }
    }

    @Override
    public PathFacts facts(Path path) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new PathFacts(
                attributes.isRegularFile(),
                attributes.isDirectory(),
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                names(path));
    }

    private static int names(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? (Integer) Files.getAttribute(path, "unix:nlink")
                : 1;
    }

    @Override
    public void setModified(Path path, Instant modified) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(modified));
    }

    @Override
    public boolean keepsAttributes(Path directory) throws IOException {
        return Files.getFileStore(directory)
                .supportsFileAttributeView(UserDefinedFileAttributeView.class);
    }

    @Override
    public void setAttribute(Path path, String name, String value) throws IOException {
        view(path).write(name, ByteBuffer.wrap(value.getBytes(UTF_8)));
    }

    @Override
    public Map<String, String> attributes(Path path, String prefix) throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        UserDefinedFileAttributeView view = view(path);
        for (String name : view.list()) {
            if (name.startsWith(prefix)) {
                ByteBuffer value = ByteBuffer.allocate(view.size(name));
                view.read(name, value);
                attributes.put(name, UTF_8.decode(value.flip()).toString());
            }
        }
        return attributes;
    }

    private static UserDefinedFileAttributeView view(Path path) throws IOException {
        var view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        if (view == null) {
            throw new IOException(path + ": the file system keeps no attributes");
        }
        return view;
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public DiskLock lock(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        Path real = parent == null ? path : parent.toRealPath().resolve(path.getFileName());
        if (!LOCKED.add(real)) {
            throw new DiskLockedException(path);
        }
        try {
            return new RealLock(real, lockChannel(path));
        } catch (IOException | RuntimeException e) {
            LOCKED.remove(real);
            throw e;
        }
    }

    private static FileChannel lockChannel(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, READ, WRITE, CREATE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new DiskLockedException(path);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new DiskLockedException(path);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private record RealLock(Path real, FileChannel channel) implements DiskLock {
        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                LOCKED.remove(real);
            }
        }
    }
}
