package dev.siltstone.layer.directory;

import dev.siltstone.layer.Layer;
import dev.siltstone.layer.TarPath;
import dev.siltstone.layer.TarStream;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;

/// One file of a layer, without the others.
public final class LayerFile {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int LINKS_MAX = 8;

    private LayerFile() {}

    /// Writes the content of a file; hard links lead to it, symbolic ones do not.
    ///
    /// @param path in the directory that was pushed
    /// @throws NoSuchFileException if there is none
    /// @throws IOException if it is no file, or damaged: what was written up to then was proven
    public static void copy(Layer layer, TarPath path, OutputStream out) throws IOException {
        TarPath wanted = path;
        for (int i = 0; i < LINKS_MAX; i++) {
            try (TarStream tar = layer.tarFrom(wanted)) {
                TarReader reader = tar == null ? null : reader(layer, tar);
                TarEntry entry = reader == null ? null : reader.next();
                if (reader == null || entry == null) {
                    throw new NoSuchFileException(layer.info().name() + ": " + wanted);
                }
                if (entry.type() == EntryType.FILE) {
                    copy(reader, out);
                    return;
                }
                if (entry.type() != EntryType.HARD_LINK) {
                    throw new IOException(
                            "%s: %s, which has no content".formatted(layer.info().name(), entry));
                }
                wanted = TarPath.of(entry.linkTarget());
            }
        }
        throw new IOException(
                "%s: %s leads from link to link".formatted(layer.info().name(), path));
    }

    private static TarReader reader(Layer layer, TarStream tar) {
        return new TarReader(tar, tar::zerosAhead, layer.info().name(), TarLimits.DEFAULT);
    }

    private static void copy(TarReader reader, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (reader.left() > 0) {
            out.write(buffer, 0, reader.read(buffer, 0, buffer.length));
        }
    }
}
