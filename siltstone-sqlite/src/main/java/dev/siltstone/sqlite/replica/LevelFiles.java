package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.rangestore.LocalRanges;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.rangestore.StagedRange;
import dev.siltstone.sqlite.ltx.IndexSpill;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxMerger;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageCoverage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes files of higher levels and puts them. Locally they are scratch files, gone once they are put.
///
/// All of it may be repeated after a crash: a file that is there already is taken for ours if it holds the same
/// transactions, is sound, and does not say another checksum of the database.
///
/// Not thread-safe.
final class LevelFiles {
    private final Disk disk;
    private final LocalRanges local;
    private final RemoteRanges remote;

    /// Of the newest file put here per level: the checksum of the database after it.
    private final Map<RangeId, String> checksums = new HashMap<>();

    LevelFiles(Disk disk, LocalRanges local, RemoteRanges remote) {
        this.disk = disk;
        this.local = local;
        this.remote = remote;
    }

    /// Merges files of one level, oldest first, and puts the result into another level.
    void merge(List<RangeFile> inputs, int level) throws IOException {
        RangeId last = inputs.getLast().id();
        RangeId id = new RangeId(level, inputs.getFirst().id().first(), last.last());
        List<LevelInput> open = new ArrayList<>();
        try (StagedRange staged = local.stage(level)) {
            for (RangeFile input : inputs) {
                open.add(LevelInput.open(remote, local, input));
            }
            LtxMerger merger = new LtxMerger(open.stream().map(LevelInput::reader).toList());
            LtxHeader header = merger.header();
            Path path = staged.file().path();
            Path spill = path.resolveSibling(path.getFileName() + ".index.tmp");
            try (LtxWriter writer =
                    new LtxWriter(
                            id.toString(),
                            LtxSink.of(staged.file()),
                            header,
                            PageCoverage.UNKNOWN,
                            new IndexSpill(disk, spill))) {
                merger.writeTo(writer);
            }
            Instant created = Instant.ofEpochMilli(header.timestampMillis());
            put(id, staged, created, checksumAfter(last));
        } finally {
            for (LevelInput input : open) {
                input.close();
            }
        }
    }

    /// Puts a file that was written to staging.
    void put(RangeId id, StagedRange staged, Instant created, Optional<String> checksum)
            throws IOException {
        Map<String, String> metadata =
                checksum.map(text -> Map.of(LitestreamNames.CHECKSUM_METADATA, text))
                        .orElse(Map.of());
        ObjectBody body = ObjectBody.of(disk, staged.file().path());
        switch (remote.put(id, body, created, metadata)) {
            case PutOutcome.Created put -> {}
            case PutOutcome.AlreadyThere there -> accept(id, body, checksum);
        }
        checksums.keySet().removeIf(known -> known.level() == id.level());
        checksum.ifPresent(text -> checksums.put(id, text));
    }

    private void accept(RangeId id, ObjectBody body, Optional<String> checksum) throws IOException {
        if (!remote.holds(id, body)) {
            requireSame(id, checksum);
        }
        remote.refresh(id.level());
    }

    private void requireSame(RangeId id, Optional<String> checksum) throws IOException {
        try (ObjectContent there = remote.get(id);
                LtxReader reader = new LtxReader(remote.key(id).value(), there.stream())) {
            LtxHeader header = reader.header();
            while (reader.next()) {
                // each page is checked on its way
            }
            String other = there.info().metadata().get(LitestreamNames.CHECKSUM_METADATA);
            boolean contradicts =
                    other != null && checksum.isPresent() && !other.equals(checksum.get());
            if (header.min().value() != id.first()
                    || header.max().value() != id.last()
                    || contradicts) {
                throw new LevelConflictException(
                        "%s: %s is there already, and not what our files merge to: another writer uses the same place; stop one of them"
                                .formatted(remote, remote.key(id)));
            }
        }
    }

    /// Returns the checksum of the database after a file, if anybody knows it.
    private Optional<String> checksumAfter(RangeId id) throws IOException {
        String known = checksums.get(id);
        if (known == null && local.known().find(id).isPresent()) {
            known = local.attributes(id).get(LitestreamNames.CHECKSUM_METADATA);
        }
        if (known == null) {
            known = remote.head(id).metadata().get(LitestreamNames.CHECKSUM_METADATA);
        }
        return Optional.ofNullable(known);
    }
}
