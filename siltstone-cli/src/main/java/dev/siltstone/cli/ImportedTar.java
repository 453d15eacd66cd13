package dev.siltstone.cli;

import dev.siltstone.layer.Digest;
import dev.siltstone.layer.LayerDamagedException;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A tar to import: a file, or a layer as zlayer-storage left it in a store, `<digest>.tar.zst` with
/// `<digest>.meta.json` beside it.
final class ImportedTar implements Closeable {
    private static final Pattern ZLAYER =
            Pattern.compile("(.*)/([0-9a-f]{64})(?:\\.tar\\.zst)?(\\?.*)?");
    private static final int META_BYTES_MAX = 1 << 20;

    private final String source;
    private final @Nullable Path file;
    private final @Nullable ObjectStore store;
    private final String digest;

    private ImportedTar(
            String source, @Nullable Path file, @Nullable ObjectStore store, String digest) {
        this.source = source;
        this.file = file;
        this.store = store;
        this.digest = digest;
    }

    static ImportedTar of(String source) throws IOException, CommandFailure {
        Matcher zlayer = ZLAYER.matcher(source);
        if (!zlayer.matches()) {
            Path file = Path.of(source);
            if (!Files.isRegularFile(file)) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND, source + ": there is no such file, and no <digest>");
            }
            return new ImportedTar(source, file, null, "");
        }
        String query = zlayer.group(3) == null ? "" : zlayer.group(3);
        try {
            ReplicaUrl url = ReplicaUrl.of(zlayer.group(1) + query);
            ObjectStore store = LayerPlace.foreign(url);
            return new ImportedTar(source, null, store, zlayer.group(2));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "" + e.getMessage(), e);
        }
    }

    InputStream open() throws IOException {
        return store == null
                ? Files.newInputStream(java.util.Objects.requireNonNull(file))
                : store.get(new ObjectKey(digest + ".tar.zst")).stream();
    }

    /// Checks the tar against what zlayer-storage says of it.
    void require(Digest actual) throws IOException {
        if (store == null) {
            return;
        }
        if (!digest.equals(actual.toString())) {
            throw new LayerDamagedException(
                    source, 0, "SHA-256 of the tar", digest, actual.toString());
        }
        byte[] meta;
        try (InputStream in = store.get(new ObjectKey(digest + ".meta.json")).stream()) {
            meta = in.readNBytes(META_BYTES_MAX);
        }
        Object told = Json.read(meta) instanceof Map<?, ?> object ? object.get("digest") : null;
        if (!digest.equals(told)) {
            throw new LayerDamagedException(
                    digest + ".meta.json", 0, "digest", digest, String.valueOf(told));
        }
    }

    @Override
    public void close() throws IOException {
        if (store != null) {
            store.close();
        }
    }
}
