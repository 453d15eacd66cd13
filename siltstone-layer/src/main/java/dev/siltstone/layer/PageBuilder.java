package dev.siltstone.layer;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Makes the pages of a manifest from its rows. A page that the layer before had too is taken over with its
/// placement, and nobody asks where its frames are.
///
/// Not thread-safe; owned by the thread that pushes.
final class PageBuilder implements Closeable {
    private final FrameTable table;
    private final PackWriter packs;
    private final Map<Digest, PageRef> before = new HashMap<>();
    private final FrameCodec codec;
    private final List<FrameRow> rows = new ArrayList<>();
    private final List<FrameTable.@Nullable Known> places = new ArrayList<>();
    private final List<PageRef> pages = new ArrayList<>();
    private int bytes;
    private long frames;
    private long entries;
    private long tarBytes;

    /// @param base the layer before, if there is one: its packs are there
    PageBuilder(
            FrameTable table,
            PackWriter packs,
            RecordBody.@Nullable Commit base,
            PushSettings settings) {
        this.table = table;
        this.packs = packs;
        this.codec = new FrameCodec(settings.level());
        if (base != null) {
            base.pages().forEach(page -> before.put(page.manifest().digest(), page));
        }
    }

    /// @param known where the frame is; null if it is in the layer before
    void add(FrameRow row, FrameTable.@Nullable Known known) throws IOException {
        rows.add(row);
        places.add(known);
        bytes += Cuts.pageBytes(row);
        frames += row.repeat();
        entries += row.entries().size();
        tarBytes += row.tarBytes();
        if (Cuts.endsPage(row, bytes)) {
            endPage();
        }
    }

    void finish() throws IOException {
        if (!rows.isEmpty()) {
            endPage();
        }
    }

    private void endPage() throws IOException {
        byte[] page = PageFormat.encode(rows);
        Digest digest = codec.digest(page, 0, page.length);
        PageRef same = before.get(digest);
        if (same == null) {
            pages.add(newPage(page, digest));
        } else {
            pages.add(same);
        }
        rows.clear();
        places.clear();
        bytes = 0;
    }

    private PageRef newPage(byte[] page, Digest digest) throws IOException {
        List<Located> placed = placed();
        byte[] placement = PlacementFormat.encode(placed);
        Digest placementDigest = codec.digest(placement, 0, placement.length);
        List<Located> located =
                packs.append(
                        digest,
                        page.length,
                        packed(page),
                        placementDigest,
                        placement.length,
                        packed(placement));
        PackSet packs = PackSet.of(placed.stream().map(Located::pack).toList());
        return new PageRef(firstPath(), located.get(0), located.get(1), packs);
    }

    private byte[] packed(byte[] raw) {
        byte[] target = new byte[FrameCodec.packedBytesMax(raw.length)];
        return java.util.Arrays.copyOf(target, codec.pack(raw, 0, raw.length, target));
    }

    private List<Located> placed() throws IOException {
        List<Located> placed = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            FrameTable.Known known = places.get(i);
            if (known == null) {
                known = table.find(rows.get(i).digest());
            }
            if (known == null) {
                throw new ForgottenFrameException(rows.get(i).digest());
            }
            placed.add(table.place(known));
        }
        return placed;
    }

    private TarPath firstPath() {
        return rows.stream()
                .flatMap(row -> row.entries().stream())
                .map(FrameEntry::path)
                .findFirst()
                .orElse(TarPath.EMPTY);
    }

    List<PageRef> pages() {
        return pages;
    }

    /// Returns all packs that the layer lies in.
    PackSet packs() {
        TreeSet<PackKey> packs = new TreeSet<>();
        for (PageRef page : pages) {
            packs.add(page.manifest().pack());
            packs.add(page.placement().pack());
            packs.addAll(page.packs().keys());
        }
        return new PackSet(packs);
    }

    long frames() {
        return frames;
    }

    long entries() {
        return entries;
    }

    long tarBytes() {
        return tarBytes;
    }

    @Override
    public void close() {
        codec.close();
    }
}
