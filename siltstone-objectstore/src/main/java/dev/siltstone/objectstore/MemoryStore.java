package dev.siltstone.objectstore;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Objects in memory, gone with the process.
///
/// Thread-safe.
public final class MemoryStore implements ObjectStore {
    private static final int PAGE_OBJECTS = 1000;

    private record Stored(ObjectInfo info, byte[] bytes) {}

    private record Upload(PutOptions options, TreeMap<Integer, Part> parts) {}

    private record Part(UploadedPart told, byte[] bytes) {}

    private final InstantSource clock;
    private final int pageObjects;
    private final TreeMap<ObjectKey, Stored> objects = new TreeMap<>();
    private final Map<UploadId, Upload> uploads = new HashMap<>();
    private long changes;

    public MemoryStore(InstantSource clock) {
        this(clock, PAGE_OBJECTS);
    }

    /// @param pageObjects how many objects one page of a listing has
    MemoryStore(InstantSource clock, int pageObjects) {
        this.clock = clock;
        this.pageObjects = pageObjects;
    }

    @Override
    public boolean keepsMetadata() {
        return true;
    }

    @Override
    public boolean setsModified() {
        return true;
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        Stored stored = stored(key);
        return content(stored, 0, stored.bytes.length);
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        Limits.requireRange(start, bytes);
        Stored stored = stored(key);
        if (start >= stored.bytes.length) {
            throw new ObjectRangeException(this, key, start);
        }
        return content(stored, start, Math.min(bytes, stored.bytes.length - start));
    }

    private static ObjectContent content(Stored stored, long start, long bytes) {
        return new ObjectContent(
                stored.info,
                start,
                bytes,
                new ByteArrayInputStream(stored.bytes, (int) start, (int) bytes));
    }

    private synchronized Stored stored(ObjectKey key) throws NoSuchObjectException {
        Stored stored = objects.get(key);
        if (stored == null) {
            throw new NoSuchObjectException(this, key);
        }
        return stored;
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        return stored(key).info;
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        byte[] bytes = read(body);
        synchronized (this) {
            return store(key, bytes, options);
        }
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        byte[] bytes = read(body);
        synchronized (this) {
            return objects.containsKey(key)
                    ? new PutOutcome.AlreadyThere()
                    : new PutOutcome.Created(store(key, bytes, options));
        }
    }

    private static byte[] read(ObjectBody body) throws IOException {
        try (InputStream stream = body.open()) {
            return stream.readAllBytes();
        }
    }

    private String store(ObjectKey key, byte[] bytes, PutOptions options) {
        String etag = nextTag();
        Instant modified = options.modified() == null ? clock.instant() : options.modified();
        ObjectInfo info = new ObjectInfo(key, bytes.length, etag, modified, options.metadata());
        objects.put(key, new Stored(info, bytes));
        return etag;
    }

    private String nextTag() {
        return "%016x".formatted(++changes);
    }

    @Override
    public synchronized ObjectPage list(String prefix, @Nullable String after) {
        List<ListedObject> page = new ArrayList<>();
        for (Stored stored : objects.values()) {
            ObjectInfo info = stored.info;
            String key = info.key().value();
            if (!key.startsWith(prefix) || (after != null && ObjectKey.compare(key, after) <= 0)) {
                continue;
            }
            if (page.size() == pageObjects) {
                return new ObjectPage(page, page.getLast().key().value());
            }
            page.add(new ListedObject(info.key(), info.bytes(), info.modified()));
        }
        return new ObjectPage(page, null);
    }

    @Override
    public synchronized void delete(ObjectKey key) {
        objects.remove(key);
    }

    @Override
    public synchronized void delete(Collection<ObjectKey> keys) {
        Limits.requireBatch(keys);
        keys.forEach(objects::remove);
    }

    @Override
    public synchronized UploadId startUpload(ObjectKey key, PutOptions options) {
        UploadId upload = new UploadId(key, nextTag(), options.writerToken());
        uploads.put(upload, new Upload(options, new TreeMap<>()));
        return upload;
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        byte[] bytes = read(body);
        synchronized (this) {
            UploadedPart told = new UploadedPart(number, bytes.length, nextTag());
            upload(upload).parts.put(number, new Part(told, bytes));
            return told;
        }
    }

    @Override
    public synchronized List<UploadedPart> listParts(UploadId upload) throws IOException {
        return upload(upload).parts.values().stream().map(Part::told).toList();
    }

    @Override
    public synchronized String completeUpload(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        byte[] bytes = joined(upload, parts);
        Upload ended = Objects.requireNonNull(uploads.remove(upload));
        return store(upload.key(), bytes, ended.options);
    }

    @Override
    public synchronized PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        upload(upload);
        return objects.containsKey(upload.key())
                ? new PutOutcome.AlreadyThere()
                : new PutOutcome.Created(completeUpload(upload, parts));
    }

    private byte[] joined(UploadId upload, List<UploadedPart> parts) throws IOException {
        Limits.requireParts(upload, parts);
        TreeMap<Integer, Part> arrived = upload(upload).parts;
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (UploadedPart part : parts) {
            Part there = arrived.get(part.number());
            if (there == null || !there.told.equals(part)) {
                throw Limits.unknownPart(this, upload, part);
            }
            joined.writeBytes(there.bytes);
        }
        return joined.toByteArray();
    }

    private Upload upload(UploadId upload) throws NoSuchUploadException {
        Upload started = uploads.get(upload);
        if (started == null) {
            throw new NoSuchUploadException(this, upload);
        }
        return started;
    }

    @Override
    public synchronized void abortUpload(UploadId upload) {
        uploads.remove(upload);
    }

    @Override
    public long partBytesMin() {
        return 1;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "memory:";
    }
}
