package dev.siltstone.sqlite.replica;

import dev.siltstone.io.DiskFile;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.Pin;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeGoneException;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.LtxSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A file to be merged: the local one where there is one, else a copy that goes when this is closed.
///
/// Not thread-safe.
record LevelInput(LtxReader reader, Closeable held) implements Closeable {
    /// @throws ReplicaDamagedException if the file is not what its name says
    static LevelInput open(RemoteRanges remote, LocalRanges local, RangeFile file)
            throws IOException {
        RangeId id = file.id();
        Optional<RangeFile> here =
                local.known().find(id).filter(found -> found.bytes() == file.bytes());
        if (here.isPresent()) {
            try {
                return ofLocal(local, id);
            } catch (RangeGoneException e) {
                return ofRemote(remote, local, id);
            }
        }
        return ofRemote(remote, local, id);
    }

    private static LevelInput ofLocal(LocalRanges local, RangeId id) throws IOException {
        Pin pin = local.pin(List.of(id));
        try {
            DiskFile file = local.open(id);
            return of(
                    file,
                    id,
                    () -> {
                        pin.close();
                        file.close();
                    });
        } catch (IOException | RuntimeException e) {
            pin.close();
            throw e;
        }
    }

    private static LevelInput ofRemote(RemoteRanges remote, LocalRanges local, RangeId id)
            throws IOException {
        StagedRange copy = local.stage(id.level());
        try {
            remote.fetch(id, copy.file());
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
        return of(copy.file(), id, copy);
    }

    private static LevelInput of(DiskFile file, RangeId id, Closeable held) throws IOException {
        try {
            LtxReader reader = new LtxReader(id + " in " + file.path(), LtxSource.of(file).open());
            if (reader.header().min().value() != id.first()
                    || reader.header().max().value() != id.last()) {
                throw new ReplicaDamagedException(
                        "%s is another file: its header says transactions %s to %s"
                                .formatted(
                                        reader.file(),
                                        reader.header().min(),
                                        reader.header().max()));
            }
            return new LevelInput(reader, held);
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
