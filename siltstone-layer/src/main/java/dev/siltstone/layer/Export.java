package dev.siltstone.layer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the packed frames of a layer one after the other.
///
/// Not thread-safe.
final class Export {
    private final FrameFetch fetch;
    private final ManifestReader manifest;
    private final PullSettings settings;
    private final Hash diff = new Hash();
    private final Hash blob = new Hash();
    private long tarBytes;
    private long blobBytes;

    Export(FrameFetch fetch, ManifestReader manifest, PullSettings settings) {
        this.fetch = fetch;
        this.manifest = manifest;
        this.settings = settings;
    }

    /// @param recorded SHA-256 of the tar that the push told, if it did
    /// @throws LayerDamagedException if the tar has another
    Exported writeTo(OutputStream target, @Nullable Digest recorded) throws IOException {
        try (FrameWindows frames =
                new FrameWindows(fetch, new PageCursor(manifest, 0), settings, true)) {
            FrameWindows.Turn turn;
            while ((turn = frames.next()) != null) {
                write(target, turn);
            }
        }
        Digest diffId = diff.end();
        if (recorded != null && !recorded.equals(diffId)) {
            throw new LayerDamagedException(
                    "commit", 0, "SHA-256 of the tar", "" + recorded, "" + diffId);
        }
        return new Exported(diffId, tarBytes, blob.end(), blobBytes);
    }

    private void write(OutputStream target, FrameWindows.Turn turn) throws IOException {
        FrameFetch.Fetched content = Objects.requireNonNull(turn.content());
        for (long i = 0; i < turn.row().frame().repeat(); i++) {
            target.write(content.packed());
            blob.add(content.packed(), 0, content.packed().length);
            diff.add(content.raw(), 0, content.raw().length);
            blobBytes += content.packed().length;
            tarBytes += content.raw().length;
        }
    }
}
