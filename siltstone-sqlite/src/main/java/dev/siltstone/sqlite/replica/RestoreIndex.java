package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.LtxFormat;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxRanges;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What the files of a plan hold, before any page of them was fetched: their headers, and which of them has the
/// newest image of each page.
///
/// Thread-safe.
final class RestoreIndex implements AutoCloseable {
    /// Small files are kept from the first look at them to the second, up to this together.
    private static final long KEPT_BYTES = 32L << 20;

    /// A page takes more than that in a file: its frame's header, and its part of the index.
    private static final int PAGE_BYTES_MIN = 13;

    private final RestorePlan plan;
    private final List<RestoreFile> files;
    private final PageOwners owners;
    private final Map<RangeId, RestoreFile> byId = new HashMap<>();

    private RestoreIndex(RestorePlan plan, List<RestoreFile> files, PageOwners owners) {
        this.plan = plan;
        this.files = files;
        this.owners = owners;
        files.forEach(file -> byId.put(file.file().id(), file));
    }

    /// Reads headers and indexes: one request per small file, two or three per other, and one more for the newest.
    ///
    /// @throws dev.siltstone.sqlite.ltx.LtxDamagedException if a header or an index is not possible
    /// @throws ReplicaDamagedException if the files do not fit together, or a page is in none
    /// @throws dev.siltstone.objectstore.NoSuchObjectException if a file is gone
    static RestoreIndex load(RemoteRanges remote, RestorePlan plan, RestoreSettings settings)
            throws IOException {
        AtomicLong room = new AtomicLong(KEPT_BYTES);
        RemoteLtx newest = new RemoteLtx(remote, plan.files().getLast(), room);
        LtxHeader header = header(newest);
        if (header.commit() > plan.bytes() / PAGE_BYTES_MIN + 1) {
            throw new ReplicaDamagedException(
                    "%s says that the database has %d pages; the %d bytes of all files cannot hold them"
                            .formatted(newest.file(), header.commit(), plan.bytes()));
        }
        PageOwners owners = new PageOwners(header.commit());
        try {
            AtomicReferenceArray<@Nullable RestoreFile> loaded =
                    new AtomicReferenceArray<>(plan.files().size());
            List<BoundedTasks.Task> tasks = new ArrayList<>();
            for (int i = 0; i < plan.files().size(); i++) {
                int number = i + 1;
                RangeFile file = plan.files().get(i);
                RemoteLtx source =
                        number == plan.files().size() ? newest : new RemoteLtx(remote, file, room);
                tasks.add(() -> {
                    LtxRanges ranges =
                            LtxRanges.load(
                                    source,
                                    settings.rangeBytes(),
                                    pgno -> owners.claim(number, pgno));
                    check(file, source, ranges.header(), header.pageSize());
                    loaded.set(number - 1, new RestoreFile(number, file, source, ranges));
                });
            }
            BoundedTasks.run(settings.filesAtOnce(), tasks);
            List<RestoreFile> files = new ArrayList<>();
            for (int i = 0; i < loaded.length(); i++) {
                files.add(Objects.requireNonNull(loaded.get(i)));
            }
            owners.check(files, header.lockPage());
            return new RestoreIndex(plan, files, owners);
        } catch (IOException | RuntimeException e) {
            owners.close();
            throw e;
        }
    }

    private static LtxHeader header(RemoteLtx source) throws IOException {
        int bytes = (int) Math.min(LtxFormat.HEADER_BYTES, source.bytes());
        try (InputStream in = bytes == 0 ? InputStream.nullInputStream() : source.open(0, bytes)) {
            ByteBuffer first = ByteBuffer.wrap(in.readNBytes(bytes));
            LtxHeader header = LtxFormat.decodeHeader(source.file(), first);
            header.check(source.file());
            return header;
        }
    }

    private static void check(RangeFile file, RemoteLtx source, LtxHeader header, int pageSize)
            throws ReplicaDamagedException {
        RangeId id = file.id();
        if (header.min().value() != id.first() || header.max().value() != id.last()) {
            throw new ReplicaDamagedException(
                    "%s is another file: its header says transactions %s to %s"
                            .formatted(source.file(), header.min(), header.max()));
        }
        if (header.pageSize() != pageSize) {
            throw new ReplicaDamagedException(
                    "%s has pages of %d bytes, the newest file has %d: no state can be made of both"
                            .formatted(source.file(), header.pageSize(), pageSize));
        }
    }

    RestorePlan plan() {
        return plan;
    }

    /// Returns the plan's files, oldest first.
    List<RestoreFile> files() {
        return files;
    }

    private LtxHeader header() {
        return files.getLast().ranges().header();
    }

    int pageSize() {
        return header().pageSize();
    }

    long pages() {
        return owners.pages();
    }

    long bytes() {
        return pages() * pageSize();
    }

    long lockPage() {
        return header().lockPage();
    }

    Txid txid() {
        return plan.txid();
    }

    /// Says whether a file has the newest image of a page.
    boolean isOwner(int number, long pgno) {
        return owners.of(pgno) == number;
    }

    /// Returns the file that has the newest image of a page, which is not the lock page.
    RestoreFile owner(long pgno) {
        return files.get(owners.of(pgno) - 1);
    }

    /// Returns the database checksums that the newest file knows: of its metadata, and of its trailer.
    List<Long> checksums() {
        List<Long> known = new ArrayList<>();
        Optional.ofNullable(
                        files.getLast().source().metadata().get(LitestreamNames.CHECKSUM_METADATA))
                .flatMap(Restored::parseChecksum)
                .ifPresent(known::add);
        if (!header().noChecksum()) {
            known.add(files.getLast().ranges().trailer().postApplyChecksum());
        }
        return known;
    }

    /// Finds the file that a record of a progress file is about.
    @Nullable RestoreFile find(int level, long min, long max, long bytes, long fileChecksum) {
        if (level < 0 || Long.compareUnsigned(max, min) < 0) {
            return null;
        }
        RestoreFile file = byId.get(new RangeId(level, min, max));
        boolean same =
                file != null
                        && file.file().bytes() == bytes
                        && file.ranges().trailer().fileChecksum() == fileChecksum;
        return same ? file : null;
    }

    @Override
    public void close() {
        owners.close();
    }
}
