package dev.siltstone.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;

/// A disk in memory that knows what was forced and what was only written.
///
/// [#crash] gives the disk as it may be found after a power failure: of what was not forced, each sector of
/// 512 bytes is there in one of the versions it had since, or not; each name that was created, renamed or
/// deleted without a force of its directory is as it was, or as it became. [#kill] gives the disk as the next
/// process finds it when only this one died: everything written is there, but still not forced.
///
/// A failed force is remembered: what it should have forced is lost at a crash or not, whatever is forced
/// later, unless it is written again.
///
/// Thread-safe.
public final class SimulatedDisk implements Disk {
    public static final int SECTOR_BYTES = 512;

    /// What changes the disk, or makes a change durable.
    public enum Operation {
        CREATE,
        WRITE,
        FORCE,
        TRUNCATE,
        RESERVE,
        RENAME,
        LINK,
        SET_METADATA,
        DELETE,
        FORCE_DIRECTORY
    }

    /// Is told of every operation after it was done, while the disk stands still.
    @FunctionalInterface
    public interface Observer {
        void after(Operation operation, Path path);
    }

    /// An operation that waits.
    public static final class Stall {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        /// Waits until the operation has begun.
        public void awaitReached() throws InterruptedException {
            reached.await();
        }

        public boolean isReached() {
            return reached.getCount() == 0;
        }

        /// Lets the operation go on.
        public void release() {
            released.countDown();
        }
    }

    private record Fault(Stall stall, IOException failure) {}

    private sealed interface NameChange {
        record Link(Path path, SimulatedInode inode) implements NameChange {}

        record Rename(Path from, Path to, SimulatedInode inode) implements NameChange {}

        record Unlink(Path path, SimulatedInode inode) implements NameChange {}
    }

    private final TreeMap<Path, SimulatedInode> names = new TreeMap<>();
    private final TreeMap<Path, SimulatedInode> durableNames = new TreeMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locks = new HashSet<>();
    private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
    private final Map<Operation, TreeMap<Integer, Fault>> faults = new EnumMap<>(Operation.class);
    private long capacityBytes = Long.MAX_VALUE;
    private Observer observer = (operation, path) -> {};

    // ---- what a test does to it

    /// Has `observer` told of every operation from now on.
    public synchronized void observe(Observer observer) {
        this.observer = observer;
    }

    /// Returns how many operations of a kind were begun.
    public synchronized int count(Operation operation) {
        return counts.getOrDefault(operation, 0);
    }

    /// Lets the `nth` operation of a kind from now on fail; 1 is the next. A failing write writes half of its
    /// bytes, a failing force forces nothing.
    public synchronized void fail(Operation operation, int nth, String message) {
        plan(operation, nth, new Fault(null, new IOException(message)));
    }

    /// Lets the `nth` operation of a kind from now on wait until the test releases it.
    public synchronized Stall stall(Operation operation, int nth) {
        Stall stall = new Stall();
        plan(operation, nth, new Fault(stall, null));
        return stall;
    }

    private void plan(Operation operation, int nth, Fault fault) {
        faults.computeIfAbsent(operation, o -> new TreeMap<>()).put(count(operation) + nth, fault);
    }

    /// Sets how many bytes all files together may have.
    public synchronized void limitCapacity(long bytes) {
        capacityBytes = bytes;
    }

    public synchronized long usedBytes() {
        return names.values().stream().distinct().mapToLong(SimulatedInode::size).sum();
    }

    /// Takes a name away, as somebody else might; who has the file open keeps it.
    public synchronized void remove(Path path) {
        names.remove(path);
        durableNames.remove(path);
        unforcedNames.removeIf(change ->
                change instanceof NameChange.Link(Path linked, var inode) && linked.equals(path));
    }

    /// Turns one bit of a file over, in memory and on the platter.
    public synchronized void flipBit(Path path, long bit) {
        inode(path).flipBit(bit);
    }

    /// Returns the bytes of a file as a process sees them.
    public synchronized byte[] bytes(Path path) {
        return inode(path).bytes();
    }

    /// Puts a file there, forced.
    public synchronized void put(Path path, byte[] bytes) {
        SimulatedInode inode = new SimulatedInode(bytes);
        names.put(path, inode);
        durableNames.put(path, inode);
        addDirectories(path.toAbsolutePath().getParent());
    }

    /// Returns all files.
    public synchronized List<Path> files() {
        return List.copyOf(names.keySet());
    }

    private SimulatedInode inode(Path path) {
        SimulatedInode inode = names.get(path);
        if (inode == null) {
            throw new IllegalArgumentException("no file " + path);
        }
        return inode;
    }

    /// Returns the disk as the next process finds it after this one died.
    public synchronized SimulatedDisk kill() {
        SimulatedDisk next = new SimulatedDisk();
        Map<SimulatedInode, SimulatedInode> copies = new HashMap<>();
        names.forEach((path, inode) -> next.names.put(path, copyOf(inode, copies)));
        durableNames.forEach((path, inode) -> next.durableNames.put(path, copyOf(inode, copies)));
        for (NameChange change : unforcedNames) {
            next.unforcedNames.add(
                    switch (change) {
                        case NameChange.Link(var path, var inode) ->
                                new NameChange.Link(path, copyOf(inode, copies));
                        case NameChange.Rename(var from, var to, var inode) ->
                                new NameChange.Rename(from, to, copyOf(inode, copies));
                        case NameChange.Unlink(var path, var inode) ->
                                new NameChange.Unlink(path, copyOf(inode, copies));
                    });
        }
        next.directories.addAll(directories);
        next.capacityBytes = capacityBytes;
        return next;
    }

    private static SimulatedInode copyOf(
            SimulatedInode inode, Map<SimulatedInode, SimulatedInode> copies) {
        return copies.computeIfAbsent(inode, SimulatedInode::new);
    }

    /// Returns the disk as it may be after a power failure now. This one is not changed.
    public synchronized SimulatedDisk crash(RandomGenerator seeds) {
        // the first booleans of java.util.Random are the same for all small seeds
        RandomGenerator random = new SplittableRandom(seeds.nextLong());
        SimulatedDisk after = new SimulatedDisk();
        Map<SimulatedInode, SimulatedInode> survivors = new HashMap<>();
        survivingNames(random)
                .forEach((path, inode) -> {
                    SimulatedInode survivor =
                            survivors.computeIfAbsent(inode, i -> i.crashed(random));
                    after.names.put(path, survivor);
                    after.durableNames.put(path, survivor);
                });
        after.directories.addAll(directories);
        after.capacityBytes = capacityBytes;
        return after;
    }

    private Map<Path, SimulatedInode> survivingNames(RandomGenerator random) {
        TreeMap<Path, SimulatedInode> surviving = new TreeMap<>(durableNames);
        for (NameChange change : unforcedNames) {
            if (random.nextBoolean()) {
                apply(change, surviving);
            }
        }
        return surviving;
    }

    /// Applies a change to names; one that rests on a lost one is lost with it.
    private static void apply(NameChange change, Map<Path, SimulatedInode> target) {
        switch (change) {
            case NameChange.Link(var path, var inode) -> target.put(path, inode);
            case NameChange.Rename(var from, var to, var inode) -> {
                if (target.remove(from, inode)) {
                    target.put(to, inode);
                }
            }
            case NameChange.Unlink(var path, var inode) -> target.remove(path, inode);
        }
    }

    // ---- what the program does with it

    @Override
    public DiskFile create(Path path) throws IOException {
        begin(Operation.CREATE, path);
        synchronized (this) {
            requireDirectory(path.toAbsolutePath().getParent());
            if (names.containsKey(path) || directories.contains(path.toAbsolutePath())) {
                throw new FileAlreadyExistsException(path.toString());
            }
            SimulatedInode inode = new SimulatedInode(new byte[0]);
            names.put(path, inode);
            unforcedNames.add(new NameChange.Link(path, inode));
            observer.after(Operation.CREATE, path);
            return new SimulatedFile(path, inode, true);
        }
    }

    @Override
    public synchronized DiskFile open(Path path) throws IOException {
        return new SimulatedFile(path, existing(path), true);
    }

    @Override
    public synchronized DiskFile openForReading(Path path) throws IOException {
        return new SimulatedFile(path, existing(path), false);
    }

    private SimulatedInode existing(Path path) throws NoSuchFileException {
        SimulatedInode inode = names.get(path);
        if (inode == null) {
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    @Override
    public synchronized boolean exists(Path path) {
        return names.containsKey(path) || directories.contains(path.toAbsolutePath());
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        requireDirectory(directory.toAbsolutePath());
        Set<Path> entries = new HashSet<>();
        names.keySet().stream().filter(path -> isIn(path, directory)).forEach(entries::add);
        directories.stream()
                .filter(path -> isIn(path, directory))
                .map(path -> directory.resolve(path.getFileName()))
                .forEach(entries::add);
        return entries.stream().sorted().toList();
    }

    private static boolean isIn(Path path, Path directory) {
        return directory.toAbsolutePath().equals(path.toAbsolutePath().getParent());
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        addDirectories(directory.toAbsolutePath());
    }

    private void addDirectories(Path directory) {
        for (Path each = directory; each != null; each = each.getParent()) {
            directories.add(each);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        begin(Operation.RENAME, from);
        synchronized (this) {
            SimulatedInode inode = existing(from);
            requireDirectory(to.toAbsolutePath().getParent());
            names.remove(from);
            names.put(to, inode);
            unforcedNames.add(new NameChange.Rename(from, to, inode));
            observer.after(Operation.RENAME, to);
        }
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        begin(Operation.LINK, link);
        synchronized (this) {
            SimulatedInode inode = existing(existing);
            requireDirectory(link.toAbsolutePath().getParent());
            if (names.containsKey(link) || directories.contains(link.toAbsolutePath())) {
                throw new FileAlreadyExistsException(link.toString());
            }
            names.put(link, inode);
            unforcedNames.add(new NameChange.Link(link, inode));
            observer.after(Operation.LINK, link);
        }
    }

    @Override
    public synchronized PathFacts facts(Path path) throws IOException {
        if (directories.contains(path.toAbsolutePath())) {
            return new PathFacts(false, true, 0, Instant.EPOCH, 1);
        }
        SimulatedInode inode = existing(path);
        int links = (int) names.values().stream().filter(other -> other == inode).count();
        return new PathFacts(true, false, inode.size(), inode.modified(), links);
    }

    @Override
    public void setModified(Path path, Instant modified) throws IOException {
        begin(Operation.SET_METADATA, path);
        synchronized (this) {
            existing(path).setModified(modified);
            observer.after(Operation.SET_METADATA, path);
        }
    }

    @Override
    public boolean keepsAttributes(Path directory) {
        return true;
    }

    @Override
    public void setAttribute(Path path, String name, String value) throws IOException {
        begin(Operation.SET_METADATA, path);
        synchronized (this) {
            existing(path).setAttribute(name, value);
            observer.after(Operation.SET_METADATA, path);
        }
    }

    @Override
    public synchronized Map<String, String> attributes(Path path, String prefix)
            throws IOException {
        Map<String, String> attributes = new TreeMap<>(existing(path).attributes());
        attributes.keySet().removeIf(name -> !name.startsWith(prefix));
        return attributes;
    }

    @Override
    public void delete(Path path) throws IOException {
        begin(Operation.DELETE, path);
        synchronized (this) {
            if (directories.contains(path.toAbsolutePath())) {
                deleteDirectory(path);
            } else {
                SimulatedInode inode = existing(path);
                names.remove(path);
                unforcedNames.add(new NameChange.Unlink(path, inode));
            }
            observer.after(Operation.DELETE, path);
        }
    }

    private void deleteDirectory(Path path) throws IOException {
        if (!list(path).isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        directories.remove(path.toAbsolutePath());
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        begin(Operation.FORCE_DIRECTORY, directory);
        synchronized (this) {
            requireDirectory(directory.toAbsolutePath());
            for (NameChange change : unforcedNames) {
                if (isAbout(change, directory)) {
                    apply(change, durableNames);
                }
            }
            unforcedNames.removeIf(change -> isAbout(change, directory));
            observer.after(Operation.FORCE_DIRECTORY, directory);
        }
    }

    private static boolean isAbout(NameChange change, Path directory) {
        return switch (change) {
            case NameChange.Link(var path, var inode) -> isIn(path, directory);
            case NameChange.Rename(var from, var to, var inode) -> isIn(to, directory);
            case NameChange.Unlink(var path, var inode) -> isIn(path, directory);
        };
    }

    @Override
    public synchronized long usableBytes(Path directory) throws IOException {
        requireDirectory(directory.toAbsolutePath());
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public synchronized DiskLock lock(Path path) throws IOException {
        requireDirectory(path.toAbsolutePath().getParent());
        if (!locks.add(path)) {
            throw new DiskLockedException(path);
        }
        return () -> {
            synchronized (this) {
                locks.remove(path);
            }
        };
    }

    private void requireDirectory(Path directory) throws IOException {
        if (directory != null && !directories.contains(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
    }

    /// Counts an operation, and has it wait or fail as planned.
    private void begin(Operation operation, Path path) throws IOException {
        Fault fault;
        synchronized (this) {
            int count = counts.merge(operation, 1, Integer::sum);
            TreeMap<Integer, Fault> planned = faults.get(operation);
            fault = planned == null ? null : planned.remove(count);
        }
        if (fault == null) {
            return;
        }
        if (fault.stall() != null) {
            await(fault.stall());
        } else {
            throw new IOException(path + ": " + fault.failure().getMessage(), fault.failure());
        }
    }

    /// Waits as a disk does: no interrupt ends it.
    private static void await(Stall stall) {
        stall.reached.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                stall.released.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class SimulatedFile implements DiskFile {
        private final Path path;
        private final SimulatedInode inode;
        private final boolean writable;
        private boolean closed;

        SimulatedFile(Path path, SimulatedInode inode, boolean writable) {
            this.path = path;
            this.inode = inode;
            this.writable = writable;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                requireOpen();
                return inode.size();
            }
        }

        @Override
        public void write(ByteBuffer source, long filePosition) throws IOException {
            put(Operation.WRITE, source, filePosition);
        }

        /// As durable, and as easily torn, as zeros that were written.
        @Override
        public boolean reserve(long bytes) throws IOException {
            put(Operation.RESERVE, ByteBuffer.allocate(Math.toIntExact(bytes)), 0);
            return true;
        }

        /// What travelled and was not forced may be lost all the same.
        @Override
        public boolean push(long filePosition, long bytes) throws IOException {
            synchronized (SimulatedDisk.this) {
                requireWritable();
            }
            return true;
        }

        private void put(Operation operation, ByteBuffer source, long filePosition)
                throws IOException {
            IOException failure = null;
            try {
                begin(operation, path);
            } catch (IOException e) {
                failure = e;
            }
            synchronized (SimulatedDisk.this) {
                requireWritable();
                int bytes = failure == null ? source.remaining() : source.remaining() / 2;
                long room =
                        Math.max(inode.size(), inode.size() + capacityBytes - usedBytes())
                                - filePosition;
                int fitting = Math.clamp(room, 0, bytes);
                byte[] written = new byte[fitting];
                source.get(written);
                inode.write(written, filePosition);
                if (failure == null && fitting < bytes) {
                    failure = new IOException(path + ": No space left on device");
                }
                observer.after(operation, path);
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public int read(ByteBuffer target, long filePosition) throws IOException {
            synchronized (SimulatedDisk.this) {
                requireOpen();
                return inode.read(target, filePosition);
            }
        }

        @Override
        public void force() throws IOException {
            force(false);
        }

        @Override
        public void forceWithMetadata() throws IOException {
            force(true);
        }

        private void force(boolean metadata) throws IOException {
            IOException failure = null;
            try {
                begin(Operation.FORCE, path);
            } catch (IOException e) {
                failure = e;
            }
            synchronized (SimulatedDisk.this) {
                requireWritable();
                if (failure == null) {
                    inode.force();
                    if (metadata) {
                        inode.forceMetadata();
                    }
                } else {
                    inode.failForce();
                }
                observer.after(Operation.FORCE, path);
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public boolean isLinkedAt(Path renamed) {
            synchronized (SimulatedDisk.this) {
                return names.get(renamed) == inode;
            }
        }

        @Override
        public void truncate(long bytes) throws IOException {
            begin(Operation.TRUNCATE, path);
            synchronized (SimulatedDisk.this) {
                requireWritable();
                inode.truncate(bytes);
                observer.after(Operation.TRUNCATE, path);
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        private void requireWritable() throws IOException {
            requireOpen();
            if (!writable) {
                throw new NonWritableChannelException();
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
