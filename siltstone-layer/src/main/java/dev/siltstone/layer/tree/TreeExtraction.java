package dev.siltstone.layer.tree;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.siltstone.io.Disk;
import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.Errno;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tar.Whiteouts;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes a tree from the entries of a tar. It grows in a hidden directory beside the destination and takes its place
/// in one step, [#publish()]; before that nothing is visible there, and after a crash at any moment either the old or
/// the new tree is.
///
/// ```
///   open --> (begin, write...)* --> publish
///    ^            | checkpoint           '--> the destination
///    '-- killed --'  resumeAt() says where in the tar to go on
/// ```
///
/// Whoever calls has verified the bytes that it hands in. Each entry is made in a directory opened component by
/// component without following a link, under a name that must be free; paths that could lead out do not exist
/// ([TarEntry]). Directories stay 0700 and get their owner, mode and times once all in them is made.
///
/// Not thread-safe; owned by a platform thread.
public final class TreeExtraction implements Closeable {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int HOLE_BYTES = 64 << 10;

    private static final class Level {
        private final Descriptor directory;
        private final byte[] name;
        private final byte[] path;
        private @Nullable TarEntry attributes;
        private @Nullable FileStatus before; // of one that had its attributes already
        private List<Xattr> inherited = List.of();

        Level(Descriptor directory, byte[] name, byte[] path) {
            this.directory = directory;
            this.name = name;
            this.path = path;
        }
    }

    private final ExtractionPlace place;
    private final byte[] identity;
    private final ExtractionSettings settings;
    private final EntryAttributes attributes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Set<String> implied = new HashSet<>(); // directories that no entry made yet
    private final Set<String> gone = new HashSet<>(); // whiteouts made from names of OCI layers

    private final long resumeAt;
    private long entries;
    private byte @Nullable [] last;
    private boolean published;

    private @Nullable Descriptor file;
    private TarEntry entry = TarEntry.of(new byte[0], EntryType.DIRECTORY);
    private int buffered;
    private long filePosition; // of the first byte in the buffer
    private long fileEnd; // of what was written

    private TreeExtraction(
            ExtractionPlace place,
            byte[] identity,
            ExtractionSettings settings,
            Consumer<String> warnings)
            throws IOException {
        this.place = place;
        this.identity = identity.clone();
        this.settings = settings;
        attributes = new EntryAttributes(settings.ownership(), warnings);
        place.requireFree(settings.replace());
        ExtractionState state = settings.canonical() ? place.resumable(identity) : null;
        if (state == null) {
            place.create();
            resumeAt = 0;
            openRoot();
        } else {
            TreeRemoval.removeAfter(place.parent(), place.hiddenName(), state.last());
            resumeAt = state.tarPosition();
            entries = state.entries();
            last = state.last();
            reopen(state.directories());
        }
    }

    /// Begins to make a tree, or goes on where an earlier extraction of the same layer to the same destination was
    /// interrupted.
    ///
    /// @param destination in a directory that exists; must not be there itself unless it is to be replaced
    /// @param identity bytes that tell the layer, and all that the entries depend on, from every other
    /// @param warnings told of what was lost by choice
    /// @throws dev.siltstone.io.DiskLockedException if another extraction to the destination is at work
    public static TreeExtraction open(
            Disk disk,
            Path destination,
            byte[] identity,
            ExtractionSettings settings,
            Consumer<String> warnings)
            throws IOException {
        ExtractionPlace place = new ExtractionPlace(disk, destination);
        try {
            return new TreeExtraction(place, identity, settings, warnings);
        } catch (IOException | RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /// Returns the byte of the tar to go on from: the start of an entry, 0 for an extraction that begins anew.
    public long resumeAt() {
        return resumeAt;
    }

    /// Returns how many entries were made, those of earlier runs included.
    public long entries() {
        return entries;
    }

    private void openRoot() throws IOException {
        Descriptor root = place.parent().openDirectory(place.hiddenName());
        levels.add(new Level(root, place.hiddenName(), new byte[0]));
    }

    private void reopen(List<TarEntry> directories) throws IOException {
        for (TarEntry directory : directories) {
            boolean root = directory.path().length == 0;
            Descriptor above = root ? place.parent() : levels.getLast().directory;
            byte[] name = root ? place.hiddenName() : directory.name();
            FileOwnership.setMode(above, name, 0700);
            ExtractionPlace.dropInherited(above, name);
            Level level = new Level(above.openDirectory(name), name, directory.path());
            level.attributes = directory;
            levels.add(level);
        }
        if (levels.isEmpty()) {
            openRoot();
        }
    }

    /// Makes all entries that a reader has, with their content.
    ///
    /// @throws TarException if one of them may not be made
    public void extractAll(TarReader reader) throws IOException {
        byte[] bytes = new byte[BUFFER_BYTES];
        for (TarEntry next = reader.next(); next != null; next = reader.next()) {
            begin(next);
            while (reader.left() > 0) {
                long hole = reader.hole();
                if (hole > 0) {
                    reader.skipHole(hole);
                    writeZeros(hole);
                } else {
                    write(bytes, 0, reader.read(bytes, 0, bytes.length));
                }
            }
        }
    }

    /// Begins an entry; the one before must have all its content.
    ///
    /// @throws TarException if it comes twice or out of order, lies below what is no directory, or links to what is
    ///     not there
    /// @throws IOException if only root could make it and the settings do not say otherwise, once some are found
    public void begin(TarEntry next) throws IOException {
        finishFile();
        if (attributes.isHopeless()) {
            attributes.requireNoneRefused();
        }
        requireOrder(next);
        entries++;
        if (settings.whiteouts() == Whiteouts.OVERLAY && Whiteouts.isOciName(next.name())) {
            makeGone(next);
            return;
        }
        make(next);
    }

    private void requireOrder(TarEntry next) throws IOException {
        byte[] before = last;
        if (settings.canonical()) {
            int order = before == null ? -1 : RawName.compare(before, next.path());
            if (order >= 0) {
                throw new TarException(
                        next + (order == 0 ? " comes twice" : " comes out of order"));
            }
            if (before == null && next.path().length > 0) {
                throw new TarException(next + " comes before the root of the tree");
            }
        }
        last = next.path();
    }

    private void make(TarEntry next) throws IOException {
        entry = next;
        if (next.path().length == 0) {
            Level root = enter(next.path());
            if (root.attributes != null) {
                throw new TarException("the root of the tree comes twice");
            }
            root.attributes = next;
            return;
        }
        Level level = enter(next.parent());
        byte[] name = next.name();
        try {
            switch (next.type()) {
                case DIRECTORY -> makeDirectory(level, name, next);
                case FILE -> createFile(level, name);
                case HARD_LINK -> link(level, name, next);
                case SYMLINK -> {
                    DirectoryNames.makeSymlink(level.directory, name, next.linkTarget());
                    attributes.set(level.directory, name, next);
                }
                case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
                    attributes.makeSpecial(level.directory, name, next);
                    attributes.set(level.directory, name, next);
                }
            }
        } catch (PosixException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            if (gone.remove(key(next.path()))) {
                overWhiteout(level, name, next);
                return;
            }
            throw new TarException(
                    next + " comes twice, or in two spellings that this file system takes for one");
        }
    }

    private static String key(byte[] path) {
        return new String(path, ISO_8859_1);
    }

    private void createFile(Level level, byte[] name) throws IOException {
        file = level.directory.createFile(name);
        filePosition = 0;
        fileEnd = 0;
        if (entry.bytes() == 0) {
            finishFile();
        }
    }

    private void makeDirectory(Level level, byte[] name, TarEntry next) throws IOException {
        if (implied.remove(key(next.path()))) {
            Level made = enter(next.path());
            made.attributes = next;
            made.before = null;
            return;
        }
        DirectoryNames.makeDirectory(level.directory, name);
        Level made = new Level(level.directory.openDirectory(name), name, next.path());
        made.attributes = next;
        levels.add(made);
    }

    /// Leaves directories that the path does not lie in, and enters those it does.
    private Level enter(byte[] path) throws IOException {
        while (!isSelfOrBelow(path, levels.getLast().path)) {
            leave();
        }
        while (levels.getLast().path.length < path.length) {
            Level level = levels.getLast();
            int start = level.path.length == 0 ? 0 : level.path.length + 1;
            int end = start;
            while (end < path.length && path[end] != '/') {
                end++;
            }
            descend(level, Arrays.copyOfRange(path, start, end), Arrays.copyOf(path, end));
        }
        return levels.getLast();
    }

    private static boolean isSelfOrBelow(byte[] path, byte[] directory) {
        int length = directory.length;
        return length == 0
                || (path.length >= length
                        && Arrays.equals(path, 0, length, directory, 0, length)
                        && (path.length == length || path[length] == '/'));
    }

    private void descend(Level level, byte[] name, byte[] path) throws IOException {
        FileStatus status = statusOrNull(level.directory, name);
        if (status != null && status.type() != FileType.DIRECTORY) {
            throw new TarException(
                    "%s lies below %s, which is no directory"
                            .formatted(RawName.show(nextPath()), RawName.show(path)));
        }
        if (settings.canonical()) {
            throw new TarException(
                    "%s lies in %s, which does not come before it"
                            .formatted(RawName.show(nextPath()), RawName.show(path)));
        }
        if (status == null) {
            DirectoryNames.makeDirectory(level.directory, name);
            implied.add(key(path));
            Level made = new Level(level.directory.openDirectory(name), name, path);
            made.attributes = TarEntry.of(path, EntryType.DIRECTORY);
            levels.add(made);
            return;
        }
        List<Xattr> inherited =
                Xattrs.of(level.directory, name).stream()
                        .filter(x -> key(x.name()).startsWith("system.posix_acl_"))
                        .toList();
        ExtractionPlace.dropInherited(level.directory, name);
        FileOwnership.setMode(level.directory, name, 0700);
        Level again = new Level(level.directory.openDirectory(name), name, path);
        again.before = status;
        again.inherited = inherited;
        levels.add(again);
    }

    private byte[] nextPath() {
        return last == null ? new byte[0] : last;
    }

    private static @Nullable FileStatus statusOrNull(Descriptor directory, byte[] name)
            throws IOException {
        try {
            return FileStatus.at(directory, name);
        } catch (PosixException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private void leave() throws IOException {
        Level level = levels.removeLast();
        level.directory.close();
        Descriptor above = levels.isEmpty() ? place.parent() : levels.getLast().directory;
        FileStatus before = level.before;
        if (level.attributes != null) {
            attributes.set(above, level.name, level.attributes);
        } else if (before != null) {
            FileOwnership.setMode(above, level.name, before.mode());
            for (Xattr attribute : level.inherited) {
                Xattrs.set(above, level.name, attribute);
            }
            FileOwnership.setModified(
                    above, level.name, before.modifiedSeconds(), before.modifiedNanos());
        } else {
            FileOwnership.setMode(above, level.name, 0755);
        }
    }

    private void link(Level level, byte[] name, TarEntry next) throws IOException {
        try (LinkSource source = LinkSource.find(rootLevel().directory, next)) {
            DirectoryNames.link(source.directory(), source.name(), level.directory, name);
        } catch (TarException e) {
            if (!attributes.hasRefused()) { // else it may be one of those that were not made
                throw e;
            }
        }
    }

    private Level rootLevel() {
        return levels.getFirst();
    }

    private void makeGone(TarEntry next) throws IOException {
        if (Whiteouts.isOciOpaque(next)) {
            Level level = enter(next.parent());
            makeOpaque(level);
            return;
        }
        TarEntry device = Whiteouts.whiteoutToOverlay(next);
        Level level = enter(device.parent());
        FileStatus there = statusOrNull(level.directory, device.name());
        if (there == null) {
            attributes.makeSpecial(level.directory, device.name(), device);
            attributes.set(level.directory, device.name(), device);
            gone.add(key(device.path()));
        } else if (there.type() == FileType.DIRECTORY) {
            makeOpaque(enter(device.path()));
        }
    }

    /// Makes a name of this layer that the layer also says was gone: only names below it are.
    private void overWhiteout(Level level, byte[] name, TarEntry next) throws IOException {
        DirectoryNames.remove(level.directory, name);
        make(next);
        if (next.type() == EntryType.DIRECTORY) {
            makeOpaque(levels.getLast());
        }
    }

    private void makeOpaque(Level level) throws IOException {
        Xattr opaque = Whiteouts.opaqueAttribute(attributes.isTrusted());
        TarEntry own = level.attributes;
        if (own == null) {
            Xattrs.set(level.directory, opaque);
            return;
        }
        List<Xattr> all = new ArrayList<>(own.xattrs());
        all.removeIf(x -> Arrays.equals(x.name(), opaque.name()));
        all.add(opaque);
        all.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
        level.attributes = own.withXattrs(all);
    }

    /// Writes content of the entry begun last.
    public void write(byte[] bytes, int start, int length) throws IOException {
        requireRoom(length);
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, BUFFER_BYTES - buffered);
            MemorySegment.copy(bytes, start + done, buffer, JAVA_BYTE, buffered, part);
            buffered += part;
            done += part;
            if (buffered == BUFFER_BYTES) {
                flush();
            }
        }
        finishIfFull();
    }

    /// Writes zeros as content, as a hole.
    public void writeZeros(long length) throws IOException {
        requireRoom(length);
        flush();
        filePosition += length;
        finishIfFull();
    }

    private void requireRoom(long length) {
        if (length > 0 && (file == null || length > entry.bytes() - filePosition - buffered)) {
            throw new IllegalStateException(
                    "%s: %d bytes more than its header says".formatted(entry, length));
        }
    }

    private void finishIfFull() throws IOException {
        if (file != null && filePosition + buffered == entry.bytes()) {
            finishFile();
        }
    }

    /// Writes what is in the buffer; long zeros become holes.
    private void flush() throws IOException {
        Descriptor out = file;
        if (out == null) {
            return;
        }
        for (int at = 0; at < buffered; at += HOLE_BYTES) {
            int length = Math.min(HOLE_BYTES, buffered - at);
            MemorySegment part = buffer.asSlice(at, length);
            if (length < HOLE_BYTES || !isZero(part)) {
                FileBytes.write(out, part, filePosition + at);
                fileEnd = filePosition + at + length;
            }
        }
        filePosition += buffered;
        buffered = 0;
    }

    private static boolean isZero(MemorySegment part) {
        return part.get(JAVA_BYTE, 0) == 0
                && part.asSlice(1).mismatch(part.asSlice(0, part.byteSize() - 1)) < 0;
    }

    private void finishFile() throws IOException {
        Descriptor out = file;
        if (out == null) {
            return;
        }
        if (filePosition + buffered != entry.bytes()) {
            throw new IllegalStateException(
                    "%s: %d bytes less than its header says"
                            .formatted(entry, entry.bytes() - filePosition - buffered));
        }
        flush();
        if (fileEnd < entry.bytes()) {
            FileBytes.truncate(out, entry.bytes());
        }
        out.close();
        file = null;
        attributes.set(levels.getLast().directory, entry.name(), entry);
    }

    /// Makes all entries so far durable, so that an extraction that is interrupted goes on from here. Costs a force of
    /// the whole file system: once in some hundred MiB.
    ///
    /// @param tarPosition where in the tar the next entry begins
    public void checkpoint(long tarPosition) throws IOException {
        if (!settings.canonical() || file != null) {
            throw new IllegalStateException("only between the entries of one of our own layers");
        }
        List<TarEntry> directories = new ArrayList<>();
        Iterator<Level> way = levels.iterator();
        while (way.hasNext()) {
            TarEntry own = way.next().attributes;
            if (own == null) {
                return; // nothing was made yet
            }
            directories.add(own);
        }
        place.save(
                new ExtractionState(
                        identity, place.inode(), tarPosition, entries, nextPath(), directories));
    }

    /// Gives the tree its place, durably and in one step; a tree that is replaced is removed after that.
    ///
    /// @throws IOException if something of it needs root, or the destination was taken meanwhile; nothing is visible
    public void publish() throws IOException {
        finishFile();
        while (!levels.isEmpty()) {
            leave();
        }
        attributes.requireNoneRefused();
        published = true;
        place.publish(settings.replace());
    }

    /// Removes all that was made, when it is not to be resumed: no room on the disk, a hostile archive.
    public void abandon() throws IOException {
        closeFiles();
        if (!published) {
            place.removeHidden();
        }
    }

    private void closeFiles() {
        if (file != null) {
            file.close();
            file = null;
        }
        levels.forEach(level -> level.directory.close());
        levels.clear();
    }

    /// Ends the extraction. What was not published stays hidden, for a later one that goes on.
    @Override
    public void close() throws IOException {
        closeFiles();
        if (arena.scope().isAlive()) {
            arena.close();
            place.close();
        }
    }
}
