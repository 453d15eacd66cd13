package dev.siltstone.layer.tar;

import static dev.siltstone.layer.tar.TarFormat.BLOCK_BYTES;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a tar of anybody's: of ours, POSIX (ustar, pax), GNU, files with holes of all their formats. Takes nothing on
/// trust: a path that leads out, a header that lies, an unknown type, more than [TarLimits], an archive without its
/// end are a [TarException] that names the archive and the place. Whether names come twice or lie below a file is
/// seen by who makes them.
///
/// A reader is at an entry: [#next()], then its content by [#hole()] and [#read]; what is not read is skipped.
/// Not thread-safe. Closes nothing.
public final class TarReader {
    private static final long ID_MAX = 0xffffffffL;

    private final InputStream in;
    private final ZerosAhead zeros;
    private final String archive;
    private final TarLimits limits;
    private final byte[] skipped = new byte[1 << 16];
    private final PaxRecords none = new PaxRecords();

    private PaxRecords global = none;
    private long position;
    private long entryPosition;
    private long entries;
    private long totalBytes;
    private boolean ended;

    private long storedLeft; // of the content as it lies in the archive
    private int padding;
    private long bytes; // of the content, holes included
    private long at;
    private @Nullable SparseMap sparse;
    private int extent;

    /// @param archive to be named in messages
    public TarReader(InputStream in, String archive, TarLimits limits) {
        this(in, () -> 0, archive, limits);
    }

    /// @param zeros of `in`, which then skips exactly as many as it is asked to
    /// @param archive to be named in messages
    public TarReader(InputStream in, ZerosAhead zeros, String archive, TarLimits limits) {
        this.in = in;
        this.zeros = zeros;
        this.archive = archive;
        this.limits = limits;
    }

    /// Goes to the next entry.
    ///
    /// @return `null` at the end of the archive, whose trailing zeros have been read too
    /// @throws TarException if it is damaged, hostile, or holds what cannot be kept
    public @Nullable TarEntry next() throws IOException {
        skipContent();
        if (ended) {
            return null;
        }
        entryPosition = position;
        try {
            return nextEntry();
        } catch (TarException e) {
            throw refused(e);
        }
    }

    private TarException refused(TarException cause) {
        return new TarException(
                "%s: entry at byte %d: %s".formatted(archive, entryPosition, cause.getMessage()));
    }

    private @Nullable TarEntry nextEntry() throws IOException {
        PaxRecords pax = none;
        byte @Nullable [] longPath = null;
        byte @Nullable [] longLink = null;
        while (true) {
            byte[] block = block();
            if (TarHeader.isZero(block)) {
                if (pax != none || longPath != null || longLink != null) {
                    throw new TarException("the archive ends between a header and its entry");
                }
                readEnd();
                return null;
            }
            TarHeader header = new TarHeader(block);
            switch (header.type()) {
                case 'x', 'X' -> {
                    pax = new PaxRecords();
                    pax.add(headerContent(header));
                }
                case 'g' -> addGlobal(headerContent(header));
                case 'L' -> longPath = untilZero(headerContent(header));
                case 'K' -> longLink = untilZero(headerContent(header));
                default -> {
                    return entry(header, pax, longPath, longLink);
                }
            }
        }
    }

    private void addGlobal(byte[] content) throws TarException {
        PaxRecords records = global == none ? new PaxRecords() : global;
        records.add(content);
        for (String key : List.of("path", "linkpath", "size", "GNU.sparse.size")) {
            if (records.has(key)) {
                throw new TarException("a global header that sets the %s of all".formatted(key));
            }
        }
        global = records;
    }

    private byte[] headerContent(TarHeader header) throws IOException {
        long length = header.bytes();
        if (length > limits.headerBytesMax()) {
            throw new TarException(
                    "an extended header of %d bytes, more than %d"
                            .formatted(length, limits.headerBytesMax()));
        }
        byte[] content = new byte[(int) length];
        fill(content, content.length);
        fill(skipped, TarFormat.padding(length));
        return content;
    }

    private static byte[] untilZero(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        return Arrays.copyOf(content, end);
    }

    private TarEntry entry(
            TarHeader header,
            PaxRecords pax,
            byte @Nullable [] longPath,
            byte @Nullable [] longLink)
            throws IOException {
        if (++entries > limits.entriesMax()) {
            throw new TarException("more than %d entries".formatted(limits.entriesMax()));
        }
        byte[] raw = rawPath(header, pax, longPath);
        EntryType type = type(header, raw);
        byte[] path = path("", raw);
        refuseForgotten(pax, path);
        long stored = stored(header, pax, type, path);
        openContent(header, pax, type, stored);
        BigDecimal time = time(pax);
        return new TarEntry(
                rootOrName(path, type),
                type,
                header.mode(),
                id(pax, "uid", header.user()),
                id(pax, "gid", header.group()),
                bytes,
                time == null
                        ? header.seconds()
                        : time.setScale(0, RoundingMode.FLOOR).longValueExact(),
                time == null ? 0 : nanos(time),
                linkTarget(header, pax, longLink, type),
                type.isDevice() ? header.deviceMajor() : 0,
                type.isDevice() ? header.deviceMinor() : 0,
                type == EntryType.HARD_LINK ? List.of() : xattrs(pax));
    }

    private static byte[] rootOrName(byte[] path, EntryType type) throws TarException {
        if (path.length == 0 && type != EntryType.DIRECTORY) {
            throw new TarException("the root of the tree as a " + type);
        }
        return path;
    }

    private static byte[] rawPath(TarHeader header, PaxRecords pax, byte @Nullable [] longPath) {
        byte[] sparseName = pax.bytes("GNU.sparse.name");
        if (sparseName != null) {
            return sparseName;
        }
        byte[] paxPath = pax.bytes("path");
        if (paxPath != null) {
            return paxPath;
        }
        return longPath != null ? longPath : header.path();
    }

    private byte[] path(String what, byte[] raw) throws TarException {
        String fault = TarPaths.fault(raw, limits);
        if (!fault.isEmpty()) {
            throw new TarException(what + fault + ": " + RawName.show(raw));
        }
        return TarPaths.clean(raw);
    }

    private static EntryType type(TarHeader header, byte[] raw) throws TarException {
        byte type = header.type();
        return switch (type) {
            case '0', 0, '7', 'S' -> {
                boolean old = type == 0 && raw.length > 0 && raw[raw.length - 1] == '/';
                yield old ? EntryType.DIRECTORY : EntryType.FILE;
            }
            case '1' -> EntryType.HARD_LINK;
            case '2' -> EntryType.SYMLINK;
            case '3' -> EntryType.CHARACTER_DEVICE;
            case '4' -> EntryType.BLOCK_DEVICE;
            case '5' -> EntryType.DIRECTORY;
            case '6' -> EntryType.FIFO;
            default ->
                    throw new TarException(
                            "%s is of the type %s, which nobody here can make"
                                    .formatted(RawName.show(raw), RawName.show(new byte[] {type})));
        };
    }

    /// Refuses what would be lost without a word.
    private static void refuseForgotten(PaxRecords pax, byte[] path) throws TarException {
        for (String key : List.of("SCHILY.acl.access", "SCHILY.acl.default")) {
            if (pax.has(key)) {
                throw new TarException(
                        "%s has an access list as text (%s), which is not read; archive it with its"
                                        .formatted(RawName.show(path), key)
                                + " extended attributes instead (tar --xattrs"
                                + " --xattrs-include='*')");
            }
        }
    }

    private long stored(TarHeader header, PaxRecords pax, EntryType type, byte[] path)
            throws TarException {
        long size = pax.number("size");
        long stored = size < 0 ? header.bytes() : size;
        if (type == EntryType.FILE) {
            if (stored > limits.fileBytesMax()) {
                throw tooLarge(stored, RawName.show(path));
            }
            return stored;
        }
        // POSIX lets a hard link repeat the content; others have a size that means nothing, or lies
        if (stored != 0 && type != EntryType.DIRECTORY) {
            throw new TarException(
                    "%s is a %s with %d bytes of content"
                            .formatted(RawName.show(path), type, stored));
        }
        return 0;
    }

    private TarException tooLarge(long length, String name) {
        return new TarException(
                "%s has %d bytes, more than %d".formatted(name, length, limits.fileBytesMax()));
    }

    private void openContent(TarHeader header, PaxRecords pax, EntryType type, long stored)
            throws IOException {
        storedLeft = stored;
        padding = TarFormat.padding(stored);
        bytes = stored;
        at = 0;
        extent = 0;
        sparse = null;
        if (type == EntryType.FILE) {
            openSparse(header, pax);
        }
        totalBytes += bytes;
        if (bytes > limits.fileBytesMax() || totalBytes > limits.totalBytesMax()) {
            throw tooLarge(bytes, "a file, or all of them together,");
        }
    }

    private void openSparse(TarHeader header, PaxRecords pax) throws IOException {
        SparseMap map;
        if (header.type() == 'S') {
            map = new SparseMap();
            bytes = header.sparseBytes();
            boolean more = header.addSparse(map);
            while (more) {
                more = TarHeader.addMoreSparse(block(), map);
            }
        } else if (pax.number("GNU.sparse.major") == 1) {
            bytes = pax.number("GNU.sparse.realsize");
            map = readMap();
        } else {
            map = pax.sparse();
            if (map == null) {
                return;
            }
            bytes = pax.number("GNU.sparse.size");
        }
        if (map.end() > bytes || map.bytes() != storedLeft) {
            throw new TarException("a map of holes that does not fit its file");
        }
        sparse = map;
    }

    /// Reads the map of holes that stands before the content: decimal numbers, a line each, in whole blocks.
    private SparseMap readMap() throws IOException {
        SparseMap map = new SparseMap();
        MapLines lines = new MapLines();
        long count = lines.next();
        if (count > SparseMap.EXTENTS_MAX) {
            throw new TarException("a map of %d holes".formatted(count));
        }
        for (long i = 0; i < count; i++) {
            String fault = map.add(lines.next(), lines.next());
            if (!fault.isEmpty()) {
                throw new TarException(fault);
            }
        }
        return map;
    }

    private final class MapLines {
        private byte[] block = {};
        private int at;

        long next() throws IOException {
            long number = 0;
            for (int digits = 0; digits < 19; digits++) {
                byte b = nextByte();
                if (b == '\n' && digits > 0) {
                    return number;
                }
                if (b < '0' || b > '9') {
                    break;
                }
                number = number * 10 + b - '0';
            }
            throw new TarException("a map of holes that is no list of numbers");
        }

        private byte nextByte() throws IOException {
            if (at == block.length) {
                if (storedLeft < BLOCK_BYTES) {
                    throw new TarException("a map of holes that does not end");
                }
                block = block();
                storedLeft -= BLOCK_BYTES;
                at = 0;
            }
            return block[at++];
        }
    }

    private @Nullable BigDecimal time(PaxRecords pax) throws TarException {
        BigDecimal own = pax.time("mtime");
        return own != null ? own : global.time("mtime");
    }

    private static int nanos(BigDecimal time) {
        BigDecimal whole = time.setScale(0, RoundingMode.FLOOR);
        return time.subtract(whole).movePointRight(9).intValueExact();
    }

    private long id(PaxRecords pax, String key, long ofHeader) throws TarException {
        long own = pax.number(key);
        long all = own >= 0 ? own : global.number(key);
        long id = all >= 0 ? all : ofHeader;
        if (id > ID_MAX) {
            throw new TarException("%s is %d, more than %d".formatted(key, id, ID_MAX));
        }
        return id;
    }

    private byte[] linkTarget(
            TarHeader header, PaxRecords pax, byte @Nullable [] longLink, EntryType type)
            throws TarException {
        if (!type.isLink()) {
            return new byte[0];
        }
        byte[] paxLink = pax.bytes("linkpath");
        byte[] own = longLink != null ? longLink : header.linkName();
        byte[] target = paxLink != null ? paxLink : own;
        if (type == EntryType.HARD_LINK) {
            byte[] path = path("a hard link to ", target);
            if (path.length == 0) {
                throw new TarException("a hard link to the root of the tree");
            }
            return path;
        }
        for (byte b : target) {
            if (b == 0) {
                throw new TarException("a symbolic link with a zero byte");
            }
        }
        if (target.length == 0 || target.length > limits.pathBytesMax()) {
            throw new TarException(
                    "a symbolic link of %d bytes, not 1 to %d"
                            .formatted(target.length, limits.pathBytesMax()));
        }
        return target;
    }

    private static List<Xattr> xattrs(PaxRecords pax) throws TarException {
        List<Xattr> attributes = pax.xattrs();
        for (Xattr attribute : attributes) {
            byte[] name = attribute.name();
            if (name.length == 0 || name.length > 255 || attribute.value().length > 1 << 16) {
                throw new TarException(
                        "an attribute whose name is not 1 to 255 or value above 65536 bytes: "
                                + attribute);
            }
        }
        return attributes;
    }

    /// Returns how many bytes at this place of the content are a hole: zeros that no read will have to give, once
    /// they are skipped by [#skipHole]. 0 where neither the archive nor the stream knows of any.
    public long hole() throws IOException {
        return sparse == null ? Math.min(storedLeft, zeros.bytes()) : holeOfMap(sparse);
    }

    private long holeOfMap(SparseMap map) {
        while (extent < map.count() && at >= map.end(extent)) {
            extent++;
        }
        long data = extent < map.count() ? map.start(extent) : bytes;
        return Math.max(0, data - at);
    }

    /// Skips at most [#hole()] bytes.
    public void skipHole(long length) throws IOException {
        if (length > hole()) {
            throw new IllegalArgumentException(length + " bytes are no hole");
        }
        if (sparse == null) {
            in.skipNBytes(length);
            position += length;
            storedLeft -= length;
        }
        at += length;
    }

    /// Returns the bytes of content that are left, holes included.
    public long left() {
        return bytes - at;
    }

    /// Reads content, holes as zeros.
    ///
    /// @return bytes read, at least 1; -1 at the end of the content
    /// @throws TarException if the archive ends before it
    public int read(byte[] target, int start, int length) throws IOException {
        if (at == bytes || length == 0) {
            return at == bytes ? -1 : 0;
        }
        long hole = sparse == null ? 0 : holeOfMap(sparse);
        if (hole > 0) {
            int filled = (int) Math.min(hole, length);
            Arrays.fill(target, start, start + filled, (byte) 0);
            at += filled;
            return filled;
        }
        long end = sparse == null ? bytes : sparse.end(extent);
        int wanted = (int) Math.min(length, end - at);
        int read = in.read(target, start, wanted);
        if (read <= 0) {
            throw truncated();
        }
        position += read;
        storedLeft -= read;
        at += read;
        return read;
    }

    private void skipContent() throws IOException {
        while (storedLeft > 0) {
            int wanted = (int) Math.min(storedLeft, skipped.length);
            fill(skipped, wanted);
            storedLeft -= wanted;
        }
        fill(skipped, padding);
        padding = 0;
        at = bytes;
        sparse = null;
    }

    private byte[] block() throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        fill(block, BLOCK_BYTES);
        return block;
    }

    private void fill(byte[] target, int length) throws IOException {
        int read = in.readNBytes(target, 0, length);
        position += read;
        if (read < length) {
            throw truncated();
        }
    }

    private TarException truncated() {
        return new TarException(
                "%s ends at byte %d, without the two blocks of zeros that end a tar: it is cut short"
                        .formatted(archive, position));
    }

    private void readEnd() throws IOException {
        if (!TarHeader.isZero(block())) {
            throw new TarException("a single block of zeros between entries");
        }
        int read = in.read(skipped);
        while (read >= 0) {
            for (int i = 0; i < read; i++) {
                if (skipped[i] != 0) {
                    throw new TarException("more bytes after the end of the archive");
                }
            }
            position += read;
            read = in.read(skipped);
        }
        ended = true;
    }
}
