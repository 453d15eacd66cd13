package dev.siltstone.rangestore;

import dev.siltstone.io.DiskFile;
import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectInfo;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectPage;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PartedPut;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Files of ranges in an object store, below a prefix. The prefix is one namespace: neighbours are never listed,
/// never touched.
///
/// Listings are read once, at open, one per level. After that every own change is known, and no request is
/// made but to move bytes; what others change is seen after [#refresh(int)].
///
/// Files are put if absent and never change: who puts a name that is taken learns it.
///
/// Thread-safe. No lock is held over a request.
public final class RemoteRanges {
    private static final int COPY_BYTES = 1 << 18;
    private static final int END_BYTES = 1 << 16;
    private static final int FOREIGN_MAX = 100;

    private final ObjectStore store;
    private final String prefix;
    private final RangeNames names;
    private final RemoteSettings settings;
    private final KnownRanges known;

    /// Files whose creation time is known exactly though the store lists another one.
    private final Set<RangeId> exact = ConcurrentHashMap.newKeySet();

    private final Map<Integer, List<String>> foreign = new ConcurrentHashMap<>();

    private RemoteRanges(
            ObjectStore store, String prefix, RangeNames names, RemoteSettings settings) {
        this.store = store;
        this.prefix = prefix;
        this.names = names;
        this.settings = settings;
        this.known = new KnownRanges(names.levels());
    }

    /// Reads the listings of all levels.
    ///
    /// @param prefix empty, or a path that ends with `/`
    public static RemoteRanges open(
            ObjectStore store, String prefix, RangeNames names, RemoteSettings settings)
            throws IOException {
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "prefix \"" + prefix + "\" does not end with a slash");
        }
        RemoteRanges ranges = new RemoteRanges(store, prefix, names, settings);
        BoundedTasks.run(
                settings.listingsAtOnce(),
                IntStream.range(0, names.levels())
                        .<BoundedTasks.Task>mapToObj(level -> () -> ranges.refresh(level))
                        .toList());
        return ranges;
    }

    /// Returns what is there, as far as is known here.
    public KnownRanges known() {
        return known;
    }

    /// Returns the first names below the prefix of a level that mean nothing here; at most 100.
    public List<String> foreignNames(int level) {
        return foreign.getOrDefault(level, List.of());
    }

    /// Reads the listing of a level again. What is put and deleted here meanwhile counts for more than what the
    /// listing says of it.
    public void refresh(int level) throws IOException {
        KnownRanges.Refresh refresh = known.beginRefresh(level);
        try {
            List<RangeFile> listed = read(level);
            known.replace(refresh, listed);
        } finally {
            known.endRefresh(refresh);
        }
    }

    private List<RangeFile> read(int level) throws IOException {
        List<RangeFile> listed = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        String folder = prefix + names.folder(level);
        @Nullable String after = null;
        do {
            ObjectPage page = store.list(folder, after);
            for (ListedObject object : page.objects()) {
                String name = object.key().value().substring(prefix.length());
                Optional<RangeId> id = names.idOf(name).filter(range -> range.level() == level);
                if (id.isPresent()) {
                    listed.add(asKnown(id.get(), object));
                } else if (unknown.size() < FOREIGN_MAX) {
                    unknown.add(name);
                }
            }
            after = page.next();
        } while (after != null);
        foreign.put(level, List.copyOf(unknown));
        return listed;
    }

    /// A creation time once learned is not given up for the approximation of a listing.
    private RangeFile asKnown(RangeId id, ListedObject object) {
        Instant created =
                exact.contains(id)
                        ? known.find(id).map(RangeFile::created).orElse(object.modified())
                        : object.modified();
        return new RangeFile(id, object.bytes(), created);
    }

    /// Returns the key of a file, whether or not it is there.
    public ObjectKey key(RangeId id) {
        return ObjectKey.of(prefix + names.nameOf(id));
    }

    /// Puts a file. Its creation time goes into its metadata, and becomes its time where the store can.
    ///
    /// @return whether it was created, or the name was taken; then nothing changed, and [#holds] tells
    ///     whether it is the same file
    public PutOutcome put(
            RangeId id, ObjectBody body, Instant created, Map<String, String> metadata)
            throws IOException {
        Instant time = created.truncatedTo(ChronoUnit.MILLIS);
        PutOptions options =
                PutOptions.withMetadata(metadata)
                        .and(settings.timeName(), time.toString())
                        .at(time);
        PutOutcome outcome =
                PartedPut.putIfAbsent(
                        store,
                        key(id),
                        body,
                        options,
                        settings.partBytes(),
                        settings.partsAtOnce());
        if (outcome instanceof PutOutcome.Created) {
            exact.add(id);
            known.add(new RangeFile(id, body.bytes(), time));
        }
        return outcome;
    }

    /// Takes note of a file that is there though no put of this object said so.
    void learn(RangeFile file) {
        exact.add(file.id());
        known.add(file);
    }

    /// Says whether the object of a name has just these bytes; reads as much of it as is needed to tell.
    public boolean holds(RangeId id, ObjectBody body) throws IOException {
        try (ObjectContent there = store.get(key(id));
                InputStream ours = body.open()) {
            return there.info().bytes() == body.bytes() && isSame(there.stream(), ours);
        }
    }

    private static boolean isSame(InputStream one, InputStream other) throws IOException {
        byte[] oneBytes = new byte[COPY_BYTES];
        byte[] otherBytes = new byte[COPY_BYTES];
        while (true) {
            int read = one.readNBytes(oneBytes, 0, COPY_BYTES);
            if (read != other.readNBytes(otherBytes, 0, COPY_BYTES)
                    || !Arrays.equals(oneBytes, 0, read, otherBytes, 0, read)) {
                return false;
            }
            if (read < COPY_BYTES) {
                return true;
            }
        }
    }

    /// Says whether the object of a name begins and ends with the same 64 KiB, and is as long. Enough to tell
    /// files with a header and a checksum at their end apart, whatever their size; one or two requests.
    public boolean resembles(RangeId id, ObjectBody body) throws IOException {
        long bytes = body.bytes();
        if (bytes <= 2L * END_BYTES) {
            return holds(id, body);
        }
        return isSame(id, body, 0) && isSame(id, body, bytes - END_BYTES);
    }

    private boolean isSame(RangeId id, ObjectBody body, long start) throws IOException {
        try (ObjectContent there = store.get(key(id), start, END_BYTES);
                InputStream ours = body.region(start, END_BYTES).open()) {
            return there.info().bytes() == body.bytes() && isSame(there.stream(), ours);
        }
    }

    /// Opens a file.
    ///
    /// @throws dev.siltstone.objectstore.NoSuchObjectException if it is not there
    public ObjectContent get(RangeId id) throws IOException {
        return store.get(key(id));
    }

    /// Opens a part of a file: `bytes` from file position `start`, or up to its end.
    ///
    /// @throws dev.siltstone.objectstore.NoSuchObjectException if it is not there
    public ObjectContent get(RangeId id, long start, long bytes) throws IOException {
        return store.get(key(id), start, bytes);
    }

    /// Copies a whole file to the beginning of another; does not force it.
    ///
    /// @return its size in bytes
    public long fetch(RangeId id, DiskFile target) throws IOException {
        try (ObjectContent content = get(id)) {
            byte[] buffer = new byte[COPY_BYTES];
            long at = 0;
            for (int read; (read = content.stream().read(buffer)) >= 0; at += read) {
                target.write(ByteBuffer.wrap(buffer, 0, read), at);
            }
            return at;
        }
    }

    /// Returns what the store knows about a file, with its metadata.
    ///
    /// @throws dev.siltstone.objectstore.NoSuchObjectException if it is not there
    public ObjectInfo head(RangeId id) throws IOException {
        return store.head(key(id));
    }

    /// Returns a file with its exact creation time. Where listings tell another time (S3) that may take a
    /// request, once per file.
    ///
    /// @throws RangeGoneException if it is not known
    public RangeFile exact(RangeId id) throws IOException {
        RangeFile file = known.find(id).orElseThrow(() -> new RangeGoneException(id));
        if (store.setsModified() || exact.contains(id)) {
            return file;
        }
        ObjectInfo info = head(id);
        RangeFile found = new RangeFile(id, info.bytes(), createdOf(info));
        exact.add(id);
        known.update(found);
        return found;
    }

    /// Makes the creation times of files exact, several at a time.
    ///
    /// @param atOnce how many requests may be under way
    /// @throws RangeGoneException if one is not known
    public void makeExact(Collection<RangeId> ids, int atOnce) throws IOException {
        BoundedTasks.run(
                atOnce, ids.stream().<BoundedTasks.Task>map(id -> () -> exact(id)).toList());
    }

    private Instant createdOf(ObjectInfo info) {
        String text = info.metadata().get(settings.timeName());
        if (text == null) {
            return info.modified();
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return info.modified();
        }
    }

    /// Keeps files from being deleted here until the pin is closed.
    ///
    /// @throws RangeGoneException if one is not there (any more); then none is pinned
    public Pin pin(Collection<RangeId> ids) throws RangeGoneException {
        return known.pin(ids);
    }

    /// Deletes files; those that are pinned stay, those that are not known are not touched. If it fails some
    /// may be deleted, and all of them count as there still.
    ///
    /// @return what was deleted
    public List<RangeFile> delete(Collection<RangeId> ids) throws IOException {
        List<RangeFile> condemned = known.condemn(ids);
        int done = 0;
        try {
            while (done < condemned.size()) {
                int end = Math.min(condemned.size(), done + ObjectStore.DELETES_MAX);
                deleteAtOnce(condemned.subList(done, end));
                done = end;
            }
        } finally {
            condemned.subList(done, condemned.size()).forEach(known::add);
        }
        condemned.forEach(file -> exact.remove(file.id()));
        return condemned;
    }

    private void deleteAtOnce(List<RangeFile> files) throws IOException {
        if (files.size() == 1) {
            store.delete(key(files.getFirst().id()));
        } else {
            store.delete(files.stream().map(file -> key(file.id())).toList());
        }
    }

    /// Deletes what a rule lets go; what is pinned stays. The times it looks at are those that are known;
    /// [#exact(RangeId)] makes them exact.
    ///
    /// @return what was deleted
    public List<RangeFile> retain(Retention rule) throws IOException {
        return delete(known.oldest(rule.level(), rule.keepNewest(), rule.mayGo()));
    }

    @Override
    public String toString() {
        return prefix.isEmpty() ? store.toString() : store + " below " + prefix;
    }
}
