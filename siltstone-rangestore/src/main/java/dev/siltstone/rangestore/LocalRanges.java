package dev.siltstone.rangestore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.PathFacts;
import dev.siltstone.objectstore.ObjectBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Files of ranges in a directory of this machine. One process owns the directory; who that is, its caller
/// makes sure of.
///
/// A file becomes durable in three steps, and a crash between them leaves nothing half done:
///
/// | step | after a crash |
/// |---|---|
/// | written and forced as `<number>.tmp` in the folder of its level | swept at the next open |
/// | renamed to its name | there, or swept |
/// | folder forced | there |
///
/// What is listed at open is made durable first: a file that only a killed process saw is not lost later.
///
/// Thread-safe.
public final class LocalRanges {
    private static final String STAGING_SUFFIX = ".tmp";
    private static final String ATTRIBUTE_PREFIX = "siltstone.";
    private static final int COPY_BYTES = 1 << 18;

    private final Disk disk;
    private final Path directory;
    private final RangeNames names;
    private final KnownRanges known;
    private final boolean keepsAttributes;
    private final AtomicLong staged = new AtomicLong();
    private volatile @Nullable IOException failure;

    private LocalRanges(Disk disk, Path directory, RangeNames names) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.names = names;
        this.known = new KnownRanges(names.levels());
        this.keepsAttributes = disk.keepsAttributes(directory);
    }

    /// Opens a directory, creating it if needed: sweeps what was left in staging, lists what is there.
    /// Foreign files are left alone.
    public static LocalRanges open(Disk disk, Path directory, RangeNames names) throws IOException {
        disk.createDirectories(directory);
        LocalRanges ranges = new LocalRanges(disk, directory, names);
        for (int level = 0; level < names.levels(); level++) {
            ranges.readLevel(level);
        }
        return ranges;
    }

    private void readLevel(int level) throws IOException {
        Path folder = folder(level);
        if (!disk.exists(folder)) {
            return;
        }
        for (Path path : disk.list(folder)) {
            String name = path.getFileName().toString();
            if (name.endsWith(STAGING_SUFFIX)) {
                disk.delete(path);
                continue;
            }
            names.idOf(names.folder(level) + name)
                    .filter(id -> id.level() == level)
                    .ifPresent(id -> known.add(new RangeFile(id, 0, Instant.EPOCH)));
        }
        for (RangeFile file : known.list(level)) {
            PathFacts facts = disk.facts(path(file.id()));
            known.add(new RangeFile(file.id(), facts.bytes(), facts.modified()));
        }
        disk.forceDirectory(folder);
    }

    /// Returns what is there.
    public KnownRanges known() {
        return known;
    }

    /// Returns the bytes of all files.
    public long bytes() {
        return known.bytes();
    }

    /// Begins a file of a level; its range is said when it is finished.
    public StagedRange stage(int level) throws IOException {
        requireSound();
        Path folder = folder(level);
        disk.createDirectories(folder);
        String name = "%016x".formatted(staged.getAndIncrement()) + STAGING_SUFFIX;
        return new StagedRange(this, disk, disk.create(folder.resolve(name)), level);
    }

    /// For [StagedRange#finish].
    RangeFile finish(
            StagedRange staging, RangeId id, Instant created, Map<String, String> attributes)
            throws IOException {
        requireSound();
        Path path = path(id);
        if (known.find(id).isPresent() || disk.exists(path)) {
            throw new RangeTakenException(id, path.toString());
        }
        Instant time = created.truncatedTo(ChronoUnit.MILLIS);
        if (keepsAttributes) {
            for (var attribute : attributes.entrySet()) {
                disk.setAttribute(
                        staging.path(),
                        ATTRIBUTE_PREFIX + attribute.getKey(),
                        attribute.getValue());
            }
        }
        disk.setModified(staging.path(), time);
        staging.file().forceWithMetadata();
        RangeFile file = new RangeFile(id, staging.file().size(), time);
        try {
            disk.rename(staging.path(), path);
            disk.forceDirectory(folder(id.level()));
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        known.add(file);
        return file;
    }

    /// A rename whose force failed may be durable or not, and nobody can find out before the next open.
    private void requireSound() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(
                    "%s takes no more files since one could not be made durable; open it again: %s"
                            .formatted(directory, cause.getMessage()),
                    cause);
        }
    }

    /// Opens a file for reading.
    ///
    /// @throws RangeGoneException if it is not there
    public DiskFile open(RangeId id) throws IOException {
        try {
            return disk.openForReading(path(id));
        } catch (NoSuchFileException e) {
            RangeGoneException gone = new RangeGoneException(id);
            gone.initCause(e);
            throw gone;
        }
    }

    /// Returns a file as something to be uploaded.
    ///
    /// @throws RangeGoneException if it is not there
    public ObjectBody body(RangeId id) throws RangeGoneException {
        RangeFile file = known.find(id).orElseThrow(() -> new RangeGoneException(id));
        return ObjectBody.of(disk, path(id), 0, file.bytes());
    }

    /// Returns the attributes a file was finished with; empty where the file system keeps none.
    public Map<String, String> attributes(RangeId id) throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        if (keepsAttributes) {
            disk.attributes(path(id), ATTRIBUTE_PREFIX)
                    .forEach((name, value) ->
                            attributes.put(name.substring(ATTRIBUTE_PREFIX.length()), value));
        }
        return attributes;
    }

    /// Returns where a file lies, whether or not it is there.
    public Path path(RangeId id) {
        return directory.resolve(names.nameOf(id));
    }

    private Path folder(int level) {
        return directory.resolve(names.folder(level));
    }

    /// Gives a file a second name, by a hard link if that works, else by a copy; durable when this returns.
    /// Like every file here it must not be written to.
    ///
    /// @param destination a name that is free, in a directory that exists
    /// @throws FileAlreadyExistsException if it is not free; nothing changed
    /// @throws RangeGoneException if there is no such file
    public void fetch(RangeId id, Path destination) throws IOException {
        try (Pin pin = pin(List.of(id))) {
            try {
                disk.link(path(id), destination);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (FileSystemException | UnsupportedOperationException e) {
                copy(id, destination);
            }
        }
        Path parent = destination.toAbsolutePath().getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
    }

    private void copy(RangeId id, Path destination) throws IOException {
        try (DiskFile source = open(id);
                DiskFile target = disk.create(destination)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
            long at = 0;
            while (source.read(buffer.clear(), at) > 0) {
                int read = buffer.position();
                target.write(buffer.flip(), at);
                at += read;
            }
            target.force();
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            if (disk.exists(destination)) {
                disk.delete(destination);
            }
            throw e;
        }
    }

    /// Keeps files from being deleted or evicted until the pin is closed.
    ///
    /// @throws RangeGoneException if one is not there (any more); then none is pinned
    public Pin pin(Collection<RangeId> ids) throws RangeGoneException {
        return known.pin(ids);
    }

    /// Deletes files; those that are pinned stay, those that are not there are fine. If it fails some may be
    /// deleted.
    ///
    /// @return what was deleted
    public List<RangeFile> delete(Collection<RangeId> ids) throws IOException {
        List<RangeFile> condemned = known.condemn(ids);
        List<RangeFile> deleted = new ArrayList<>();
        TreeSet<Integer> levels = new TreeSet<>();
        try {
            for (RangeFile file : condemned) {
                disk.delete(path(file.id()));
                deleted.add(file);
                levels.add(file.id().level());
            }
        } finally {
            condemned.stream().filter(file -> !deleted.contains(file)).forEach(known::add);
        }
        for (int level : levels) {
            disk.forceDirectory(folder(level));
        }
        return deleted;
    }

    /// Deletes what a rule lets go; what is pinned stays.
    ///
    /// @return what was deleted
    public List<RangeFile> retain(Retention rule) throws IOException {
        return delete(known.oldest(rule.level(), rule.keepNewest(), rule.mayGo()));
    }

    /// Deletes the oldest files until no more than a budget is left, but none that is not confirmed, none that
    /// is pinned, and of no level the newest.
    ///
    /// @param confirmed says of a file whether it is safe elsewhere
    /// @return what was deleted; if that was not enough, the rest must stay
    public List<RangeFile> evict(long bytesMax, Predicate<RangeFile> confirmed) throws IOException {
        List<RangeFile> candidates = new ArrayList<>();
        for (int level = 0; level < known.levels(); level++) {
            List<RangeFile> all = known.list(level);
            candidates.addAll(all.subList(0, Math.max(0, all.size() - 1)));
        }
        candidates.removeIf(confirmed.negate());
        candidates.sort(Comparator.comparing(RangeFile::created).thenComparing(RangeFile::id));
        List<RangeFile> evicted = new ArrayList<>();
        long excess = bytes() - bytesMax;
        for (RangeFile file : candidates) {
            if (excess <= 0) {
                break;
            }
            for (RangeFile gone : delete(List.of(file.id()))) {
                excess -= gone.bytes();
                evicted.add(gone);
            }
        }
        return evicted;
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
