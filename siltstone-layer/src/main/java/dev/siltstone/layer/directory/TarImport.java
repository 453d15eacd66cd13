package dev.siltstone.layer.directory;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.layer.Cuts;
import dev.siltstone.layer.Digest;
import dev.siltstone.layer.Hole;
import dev.siltstone.layer.PushedEntry;
import dev.siltstone.layer.TarContents;
import dev.siltstone.layer.TarFramer;
import dev.siltstone.layer.TarPath;
import dev.siltstone.layer.TarSource;
import dev.siltstone.layer.TarUnpacker;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.layer.tar.TarFormat;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A tar of somebody else as a source of a push. Read whole and proven before anything of it is pushed; the entries
/// get the form of our own tar, and directories that it leaves out are made up. In memory are all its paths.
///
/// Not thread-safe.
public final class TarImport implements TarSource {
    /// Where the tar is.
    @FunctionalInterface
    public interface Opener {
        /// Opens it from its first byte, packed or not.
        InputStream open() throws IOException;
    }

    private static final byte[] ROOT = {};

    private final Opener opener;
    private final String archive;
    private final TarLimits limits;
    private final Map<String, EntryType> types = new HashMap<>();
    private @Nullable Digest digest;

    /// @param archive what it is called in messages
    public TarImport(Opener opener, String archive, TarLimits limits) {
        this.opener = opener;
        this.archive = archive;
        this.limits = limits;
    }

    /// Reads all of it.
    ///
    /// @return SHA-256 of the tar, unpacked
    /// @throws TarException if it is damaged, would lead out of its directory, has a path twice or below a file, or a
    ///     hard link to what is not there before it
    public Digest check() throws IOException {
        types.clear();
        MessageDigest sha = sha256();
        try (InputStream tar = new DigestInputStream(TarUnpacker.open(opener.open()), sha)) {
            TarReader reader = new TarReader(tar, archive, limits);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                check(entry);
            }
            tar.transferTo(java.io.OutputStream.nullOutputStream());
        }
        for (Map.Entry<String, EntryType> each : types.entrySet()) {
            requireBelowDirectories(each.getKey());
        }
        Digest whole = Digest.of(sha.digest());
        digest = whole;
        return whole;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String key(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1);
    }

    private void check(TarEntry entry) throws TarException {
        if (entry.type() == EntryType.HARD_LINK) {
            EntryType target = types.get(key(entry.linkTarget()));
            if (target == null || target == EntryType.DIRECTORY) {
                throw new TarException(
                        "%s: %s links to %s, which is no file before it"
                                .formatted(archive, entry, RawName.show(entry.linkTarget())));
            }
        }
        if (types.put(key(entry.path()), entry.type()) != null) {
            throw new TarException("%s: %s comes twice".formatted(archive, entry));
        }
    }

    private void requireBelowDirectories(String path) throws TarException {
        for (int slash = path.lastIndexOf('/');
                slash > 0;
                slash = path.lastIndexOf('/', slash - 1)) {
            EntryType above = types.get(path.substring(0, slash));
            if (above != null && above != EntryType.DIRECTORY) {
                throw new TarException(
                        "%s: %s lies below %s, which is no directory"
                                .formatted(archive, show(path), show(path.substring(0, slash))));
            }
        }
    }

    private static String show(String path) {
        return RawName.show(path.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// @throws IllegalStateException if it was not checked
    @Override
    public void writeTo(TarFramer framer) throws IOException {
        Digest checked = digest;
        if (checked == null) {
            throw new IllegalStateException(archive + " was not checked");
        }
        MessageDigest sha = sha256();
        Set<String> made = new HashSet<>();
        try (InputStream tar = new DigestInputStream(TarUnpacker.open(opener.open()), sha)) {
            TarReader reader = new TarReader(tar, archive, limits);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                makeUp(entry.path(), made, framer);
                framer.entry(new Imported(entry, reader));
            }
            tar.transferTo(java.io.OutputStream.nullOutputStream());
        }
        if (!checked.equals(Digest.of(sha.digest()))) {
            throw new IOException(archive + " changed while it was imported; try again");
        }
    }

    /// Makes up the directories of a path that the tar has no entries for.
    private void makeUp(byte[] path, Set<String> made, TarFramer framer) throws IOException {
        if (path.length > 0) {
            makeUp(key(ROOT), made, framer);
        }
        String text = key(path);
        for (int slash = text.indexOf('/'); slash > 0; slash = text.indexOf('/', slash + 1)) {
            makeUp(text.substring(0, slash), made, framer);
        }
    }

    private void makeUp(String directory, Set<String> made, TarFramer framer) throws IOException {
        if (!types.containsKey(directory) && made.add(directory)) {
            byte[] path = directory.getBytes(StandardCharsets.ISO_8859_1);
            TarEntry entry = TarEntry.of(path, EntryType.DIRECTORY);
            framer.entry(new Imported(entry, null));
        }
    }

    /// An entry while the reader is at it: the content of a small file is taken at once.
    private static final class Imported implements PushedEntry, TarContents {
        private final TarEntry entry;
        private final byte[] header;
        private final @Nullable TarReader reader;
        private final byte[] content;
        private int at;

        Imported(TarEntry entry, @Nullable TarReader reader) throws IOException {
            this.entry = entry;
            this.reader = reader;
            header = TarFormat.encode(entry);
            boolean isSmall = entry.bytes() <= Cuts.LARGE_BYTES;
            content = new byte[isSmall ? (int) entry.bytes() : 0];
            if (isSmall && reader != null) {
                readFully(reader, content, 0, content.length);
            }
        }

        private static void readFully(TarReader from, byte[] target, int start, int length)
                throws IOException {
            int end = start + length;
            for (int next = start; next < end; ) {
                next += from.read(target, next, end - next);
            }
        }

        @Override
        public TarPath path() {
            byte[] path = entry.path();
            if (entry.type() != EntryType.DIRECTORY) {
                return TarPath.of(path);
            }
            return TarPath.of(path.length == 0 ? new byte[] {'.', '/'} : RawName.join(path, ROOT));
        }

        @Override
        public int headerBytes() {
            return header.length;
        }

        @Override
        public long dataBytes() {
            return entry.bytes();
        }

        @Override
        public List<Hole> holes() {
            return List.of();
        }

        @Override
        public void header(byte[] target, int start) {
            System.arraycopy(header, 0, target, start, header.length);
        }

        @Override
        public TarContents open() {
            return this;
        }

        @Override
        public void read(byte[] target, int start, int length) throws IOException {
            if (entry.bytes() > Cuts.LARGE_BYTES && reader != null) {
                readFully(reader, target, start, length);
                return;
            }
            System.arraycopy(content, at, target, start, length);
            at += length;
        }

        @Override
        public void skip(long bytes) {
            throw new IllegalStateException("there are no holes");
        }

        @Override
        public void close() {}
    }
}
