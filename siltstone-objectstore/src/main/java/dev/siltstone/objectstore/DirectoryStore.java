package dev.siltstone.objectstore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.PathFacts;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Objects as files below a directory: the key is the path. Several processes may use one directory.
///
/// | method | steps, each forced before the next |
/// |---|---|
/// | put | write a staging file beside the target; rename it over the target; force the directory |
/// | putIfAbsent | write a staging file; hard-link it to the target, which fails if there is one; force the directory |
/// | delete | remove; force the directory |
///
/// User metadata are extended attributes (`user.siltstone.<name>`); where the file system keeps none
/// ([#keepsMetadata()]) they are dropped. An object's time is the file's. Files of others are objects like any
/// other; names that begin with `.siltstone-` are the store's own, never listed and refused as keys. Staging
/// files that are older than an hour are swept when somebody opens the store to write; uploads in parts stay
/// until they are completed or aborted.
///
/// A force of a directory that fails is final: nobody knows what is durable, and the store takes no more
/// writes until it is opened again.
///
/// Thread-safe.
public final class DirectoryStore implements ObjectStore {
    private static final String ATTRIBUTE_PREFIX = "siltstone.";

    private final Disk disk;
    private final Path root;
    private final DirectoryStaging staging;
    private final DirectoryListing listing;
    private final boolean keepsMetadata;
    private volatile @Nullable IOException failure;

    private DirectoryStore(Disk disk, Path root, InstantSource clock, RandomGenerator random)
            throws IOException {
        this.disk = disk;
        this.root = root;
        this.staging = new DirectoryStaging(disk, clock, random);
        this.listing = new DirectoryListing(disk, root);
        this.keepsMetadata = disk.keepsAttributes(root);
    }

    /// Opens a directory to write to, creating it if needed: sweeps old staging files, makes durable what is
    /// there, and proves that links do not replace.
    ///
    /// @param clock tells old staging files from those that are being written
    /// @param random for names of staging files; not seeded alike in two processes
    /// @throws StoreRefusedException if the file system has no hard links
    public static DirectoryStore open(
            Disk disk, Path root, InstantSource clock, RandomGenerator random) throws IOException {
        disk.createDirectories(root);
        DirectoryStore store = new DirectoryStore(disk, root, clock, random);
        store.staging.sweep(root);
        store.staging.proveLinks(root);
        return store;
    }

    /// Opens a directory to read from; changes nothing.
    ///
    /// @throws NoSuchFileException if it is not there
    /// @throws NotDirectoryException if it is something else
    public static DirectoryStore openForReading(
            Disk disk, Path root, InstantSource clock, RandomGenerator random) throws IOException {
        if (!disk.facts(root).isDirectory()) {
            throw new NotDirectoryException(root.toString());
        }
        return new DirectoryStore(disk, root, clock, random);
    }

    @Override
    public boolean keepsMetadata() {
        return keepsMetadata;
    }

    @Override
    public boolean setsModified() {
        return true;
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return content(key, 0, Long.MAX_VALUE, false);
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        Limits.requireRange(start, bytes);
        return content(key, start, bytes, true);
    }

    private ObjectContent content(ObjectKey key, long start, long bytesMax, boolean ranged)
            throws IOException {
        ObjectInfo info = head(key);
        if (ranged && start >= info.bytes()) {
            throw new ObjectRangeException(this, key, start);
        }
        DiskFile file = openObject(key);
        if (file.size() != info.bytes()) {
            file.close();
            throw new StoreUnavailableException(
                    this + ": " + key + " was replaced at this moment", null);
        }
        long bytes = Math.min(bytesMax, info.bytes() - start);
        return new ObjectContent(info, start, bytes, new FileRegionStream(file, start, bytes));
    }

    private DiskFile openObject(ObjectKey key) throws IOException {
        try {
            return disk.openForReading(path(key));
        } catch (NoSuchFileException e) {
            throw new NoSuchObjectException(this, key);
        }
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        Path path = path(key);
        if (!disk.exists(path)) {
            throw new NoSuchObjectException(this, key);
        }
        try {
            PathFacts facts = disk.facts(path);
            if (!facts.isFile()) {
                throw new NoSuchObjectException(this, key);
            }
            return new ObjectInfo(
                    key, facts.bytes(), etag(facts), facts.modified(), metadata(path));
        } catch (NoSuchFileException e) {
            throw new NoSuchObjectException(this, key);
        }
    }

    private Map<String, String> metadata(Path path) throws IOException {
        Map<String, String> metadata = new TreeMap<>();
        if (keepsMetadata) {
            disk.attributes(path, ATTRIBUTE_PREFIX)
                    .forEach((name, value) ->
                            metadata.put(name.substring(ATTRIBUTE_PREFIX.length()), value));
        }
        return metadata;
    }

    private static String etag(PathFacts facts) {
        Instant modified = facts.modified();
        return "%x-%x.%x".formatted(facts.bytes(), modified.getEpochSecond(), modified.getNano());
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return replace(key, List.of(body), options);
    }

    private String replace(ObjectKey key, List<ObjectBody> bodies, PutOptions options)
            throws IOException {
        Path target = target(key);
        Path staged = staging.write(directoryOf(target), bodies, file -> mark(file, options));
        String etag;
        try {
            etag = etag(disk.facts(staged)); // somebody may delete the target before we look
            disk.rename(staged, target);
        } catch (IOException e) {
            staging.drop(staged, e);
            throw e;
        }
        force(directoryOf(target));
        return etag;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        return putIfAbsent(key, List.of(body), options);
    }

    private PutOutcome putIfAbsent(ObjectKey key, List<ObjectBody> bodies, PutOptions options)
            throws IOException {
        Path target = target(key);
        Path directory = directoryOf(target);
        if (disk.exists(target)) {
            force(directory);
            return new PutOutcome.AlreadyThere();
        }
        Path staged = staging.write(directory, bodies, file -> mark(file, options));
        String etag;
        try {
            etag = etag(disk.facts(staged)); // somebody may delete the target before we look
            disk.link(staged, target);
        } catch (FileAlreadyExistsException e) {
            disk.delete(staged);
            force(directory); // who put it may have died before it was durable
            return new PutOutcome.AlreadyThere();
        } catch (IOException e) {
            staging.drop(staged, e);
            throw e;
        }
        force(directory);
        disk.delete(staged);
        return new PutOutcome.Created(etag);
    }

    private void mark(Path file, PutOptions options) throws IOException {
        if (keepsMetadata) {
            for (var entry : options.metadata().entrySet()) {
                disk.setAttribute(file, ATTRIBUTE_PREFIX + entry.getKey(), entry.getValue());
            }
        }
        Instant modified = options.modified();
        if (modified != null) {
            disk.setModified(file, modified);
        }
    }

    private void force(Path directory) throws IOException {
        try {
            disk.forceDirectory(directory);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private Path target(ObjectKey key) throws IOException {
        requireSound();
        Path target = path(key);
        try {
            disk.createDirectories(directoryOf(target));
        } catch (FileAlreadyExistsException | NotDirectoryException e) {
            throw new StoreRefusedException(
                    "%s: a part of %s is a file, and a file cannot hold others"
                            .formatted(this, key),
                    e);
        }
        if (disk.exists(target) && disk.facts(target).isDirectory()) {
            throw new StoreRefusedException(
                    "%s: %s is a directory, because other objects lie below it"
                            .formatted(this, key),
                    null);
        }
        return target;
    }

    private void requireSound() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(
                    "%s takes no more writes since a directory could not be forced; open it again: %s"
                            .formatted(this, cause.getMessage()),
                    cause);
        }
    }

    private Path path(ObjectKey key) throws StoreRefusedException {
        if (DirectoryStaging.isReserved(key)) {
            throw new StoreRefusedException(
                    "%s: %s: names that begin with %s are the store's own"
                            .formatted(this, key, DirectoryStaging.RESERVED),
                    null);
        }
        return root.resolve(key.value());
    }

    private static Path directoryOf(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalStateException(file + " has no directory");
        }
        return parent;
    }

    @Override
    public ObjectPage list(String prefix, @Nullable String after) throws IOException {
        return listing.page(prefix, after);
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        requireSound();
        if (remove(key)) {
            force(directoryOf(path(key)));
        }
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        Limits.requireBatch(keys);
        requireSound();
        Set<Path> directories = new LinkedHashSet<>();
        for (ObjectKey key : keys) {
            if (remove(key)) {
                directories.add(directoryOf(path(key)));
            }
        }
        for (Path directory : directories) {
            force(directory);
        }
    }

    private boolean remove(ObjectKey key) throws IOException {
        Path path = path(key);
        try {
            if (!disk.exists(path) || !disk.facts(path).isFile()) {
                return false;
            }
            disk.delete(path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        requireSound();
        path(key);
        return DirectoryUpload.start(disk, root, staging, key, options).id();
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        requireSound();
        return open(upload).put(number, body);
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        return open(upload).parts();
    }

    private DirectoryUpload open(UploadId upload) throws IOException {
        return DirectoryUpload.open(disk, root, staging, upload)
                .orElseThrow(() -> new NoSuchUploadException(this, upload));
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        Limits.requireParts(upload, parts);
        DirectoryUpload opened = open(upload);
        String etag = replace(upload.key(), bodies(opened, parts), opened.options());
        opened.remove();
        return etag;
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        Limits.requireParts(upload, parts);
        DirectoryUpload opened = open(upload);
        PutOutcome outcome = putIfAbsent(upload.key(), bodies(opened, parts), opened.options());
        if (outcome instanceof PutOutcome.Created) {
            opened.remove();
        }
        return outcome;
    }

    private List<ObjectBody> bodies(DirectoryUpload upload, List<UploadedPart> parts)
            throws IOException {
        List<UploadedPart> arrived = upload.parts();
        for (UploadedPart part : parts) {
            if (!arrived.contains(part)) {
                throw Limits.unknownPart(this, upload.id(), part);
            }
        }
        return parts.stream().map(upload::body).toList();
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        var opened = DirectoryUpload.open(disk, root, staging, upload);
        if (opened.isPresent()) {
            opened.get().remove();
        }
    }

    @Override
    public long partBytesMin() {
        return 1;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }
}
