package dev.siltstone.layer.directory;

import dev.siltstone.layer.Exported;
import dev.siltstone.layer.Layer;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.TarPacker;
import dev.siltstone.layer.TarStream;
import dev.siltstone.layer.tar.OciConversion;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Writes a layer as one of an OCI image. If nothing of it is said otherwise there, its packed frames are copied;
/// whiteouts of OverlayFS have it packed anew.
///
/// Not thread-safe.
public final class OciExport {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Layer layer;
    private final PullSettings settings;
    private final OciConversion conversion = new OciConversion();
    private boolean isOther;

    public OciExport(Layer layer, PullSettings settings) {
        this.layer = layer;
        this.settings = settings;
    }

    /// Reads the layer twice.
    ///
    /// @throws dev.siltstone.layer.tar.TarException if a file has a name that an OCI layer takes for a whiteout
    public Exported writeTo(OutputStream target) throws IOException {
        try (TarStream tar = layer.tar(settings)) {
            TarReader reader = reader(tar);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                conversion.collect(entry);
                isOther |= !conversion.convert(entry).equals(List.of(entry));
            }
        }
        return isOther ? convert(target) : layer.exportTo(target, settings);
    }

    private Exported convert(OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (TarStream tar = layer.tar(settings);
                TarPacker packer = new TarPacker(target);
                TarWriter writer = new TarWriter(packer)) {
            TarReader reader = reader(tar);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                boolean isFirst = true;
                for (TarEntry converted : conversion.convert(entry)) {
                    writer.begin(converted);
                    if (isFirst) {
                        copy(reader, writer, buffer);
                    }
                    isFirst = false;
                }
            }
            writer.close();
            return packer.end();
        }
    }

    private TarReader reader(TarStream tar) {
        return new TarReader(tar, tar::zerosAhead, layer.info().name(), TarLimits.DEFAULT);
    }

    private static void copy(TarReader reader, TarWriter writer, byte[] buffer) throws IOException {
        while (reader.left() > 0) {
            long hole = reader.hole();
            if (hole > 0) {
                reader.skipHole(hole);
                writer.writeZeros(hole);
            } else {
                writer.write(buffer, 0, reader.read(buffer, 0, buffer.length));
            }
        }
    }
}
