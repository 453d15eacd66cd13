package dev.siltstone.layer;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectRangeException;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Reads frames, by as few requests as worth it, and proves each before anybody sees it.
///
/// Frames of one pack that lie less than [#GAP_BYTES] apart are read by one request, up to [#RANGE_BYTES].
///
/// Thread-safe.
final class FrameFetch {
    static final int GAP_BYTES = 1 << 18;
    static final int RANGE_BYTES = 1 << 24;
    private static final int AT_ONCE = 8;

    /// Frames of one pack that are read together.
    record Range(PackKey pack, int start, int end, List<Located> frames) {}

    private static final Comparator<Located> BY_PLACE =
            Comparator.comparing(Located::pack).thenComparingInt(Located::offset);

    /// @param packed as it lies in the pack, or empty if it was not wanted
    record Fetched(byte[] raw, byte[] packed) {}

    private final ObjectStore store;
    private final ConcurrentLinkedQueue<FrameCodec> codecs = new ConcurrentLinkedQueue<>();

    FrameFetch(ObjectStore store) {
        this.store = store;
    }

    static List<Range> plan(Collection<Located> frames) {
        TreeSet<Located> sorted = new TreeSet<>(BY_PLACE);
        sorted.addAll(frames);
        List<Range> ranges = new ArrayList<>();
        List<Located> run = new ArrayList<>();
        for (Located frame : sorted) {
            if (!run.isEmpty() && !joins(run, frame)) {
                ranges.add(range(run));
                run = new ArrayList<>();
            }
            run.add(frame);
        }
        if (!run.isEmpty()) {
            ranges.add(range(run));
        }
        return ranges;
    }

    private static boolean joins(List<Located> run, Located next) {
        Located last = run.getLast();
        return next.pack().equals(last.pack())
                && next.offset() - last.end() < GAP_BYTES
                && next.end() - run.getFirst().offset() <= RANGE_BYTES;
    }

    private static Range range(List<Located> run) {
        int end = run.stream().mapToInt(Located::end).max().orElseThrow();
        return new Range(run.getFirst().pack(), run.getFirst().offset(), end, run);
    }

    /// Reads frames and unpacks them.
    ///
    /// @param packed whether to give the packed bytes too
    /// @throws LayerDamagedException if one is not what it should be
    Map<Digest, Fetched> fetch(Collection<Located> frames, boolean packed) throws IOException {
        List<Range> ranges = plan(frames);
        if (ranges.size() == 1) {
            Map<Digest, Fetched> fetched = new HashMap<>();
            fetch(ranges.getFirst(), packed, fetched);
            return fetched;
        }
        Map<Digest, Fetched> fetched = new ConcurrentHashMap<>();
        List<BoundedTasks.Task> tasks = new ArrayList<>();
        ranges.forEach(range -> tasks.add(() -> fetch(range, packed, fetched)));
        BoundedTasks.run(AT_ONCE, tasks);
        return fetched;
    }

    private void fetch(Range range, boolean packed, Map<Digest, Fetched> into) throws IOException {
        byte[] bytes = read(range);
        FrameCodec free = codecs.poll();
        FrameCodec codec = free == null ? new FrameCodec() : free;
        try {
            for (Located frame : range.frames()) {
                int start = frame.offset() - range.start();
                byte[] raw =
                        codec.unpack(
                                range.pack().toString(),
                                frame.offset(),
                                frame.digest(),
                                frame.rawBytes(),
                                bytes,
                                start,
                                frame.bytes());
                byte[] kept =
                        packed
                                ? java.util.Arrays.copyOfRange(bytes, start, start + frame.bytes())
                                : new byte[0];
                into.put(frame.digest(), new Fetched(raw, kept));
            }
        } finally {
            codecs.add(codec);
        }
    }

    private byte[] read(Range range) throws IOException {
        int wanted = range.end() - range.start();
        try (ObjectContent content = store.get(range.pack().objectKey(), range.start(), wanted)) {
            if (content.bytes() == wanted) {
                return content.stream().readNBytes(wanted);
            }
            throw endsEarly(range, content.info().bytes());
        } catch (NoSuchObjectException e) {
            throw new MissingPackException(range.pack(), e);
        } catch (ObjectRangeException e) {
            throw endsEarly(range, range.start());
        }
    }

    private static LayerDamagedException endsEarly(Range range, long bytes) {
        return new LayerDamagedException(
                range.pack().toString(),
                range.start(),
                "ends early",
                "at least " + range.end() + " bytes",
                bytes + " bytes");
    }

    Fetched fetch(Located frame) throws IOException {
        Fetched fetched = fetch(List.of(frame), false).get(frame.digest());
        if (fetched == null) {
            throw new IllegalStateException("nothing was fetched for " + frame);
        }
        return fetched;
    }
}
